"""The README's Python session, run after the demo as its reader would."""

import contextlib
import io
import re
from pathlib import Path

import pytest

from service.demo.story import tell
from service.runtime import Runtime
from service.settings import Settings

README = Path(__file__).resolve().parents[1] / "README.md"


def test_the_session_prints_what_the_readme_says(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = README.read_text(encoding="utf-8")
    found = re.search(r"```python\n(.*?)```\n\n```text\n(.*?)```", text, re.DOTALL)
    assert found is not None
    session, printed = found.groups()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RAKKAN_DATA_DIR", raising=False)
    monkeypatch.delenv("RAKKAN_DATABASE_URL", raising=False)

    output = io.StringIO()
    with Runtime.open(Settings()) as runtime:
        tell(runtime, None, echo=lambda _line: None, language="en")
        with contextlib.redirect_stdout(output):
            exec(compile(session, str(README), "exec"), {})  # noqa: S102 -- our own README

    assert output.getvalue() == printed

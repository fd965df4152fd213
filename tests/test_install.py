"""The set-up's pip: it reaches the index as its user says, and nothing else of theirs counts."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
_spec = importlib.util.spec_from_file_location("install", ROOT / "tools" / "install.py")
assert _spec is not None
assert _spec.loader is not None
install = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(install)


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        pytest.param(
            ["global.index-url='https://mirror.example/simple'"],
            {"PIP_INDEX_URL": "https://mirror.example/simple"},
            id="a mirror in a file",
        ),
        pytest.param(
            ["global.extra-index-url='https://a.example\\nhttps://b.example'"],
            {"PIP_EXTRA_INDEX_URL": "https://a.example\nhttps://b.example"},
            id="several values on several lines",
        ),
        pytest.param(
            [":env:.cert='/own.pem'", "global.cert='/all.pem'", "install.cert='/install.pem'"],
            {"PIP_CERT": "/own.pem"},
            id="the environment is stronger than a file",
        ),
        pytest.param(
            ["global.timeout='10'", "install.timeout='60'"],
            {"PIP_TIMEOUT": "60"},
            id="[install] is stronger than [global]",
        ),
        pytest.param(
            ["install.user='true'", "global.target='/x'", ":env:.no-binary=':all:'", "x.proxy='y'"],
            {},
            id="what would change what is installed",
        ),
        pytest.param(["", "nonsense"], {}, id="lines that are no settings"),
    ],
)
def test_only_the_way_to_an_index_is_kept(lines: list[str], kept: dict[str, str]) -> None:
    assert install.kept_settings(lines) == kept


def test_no_configuration_file_and_no_other_pip_variable_reaches_pip() -> None:
    environment = install.pip_environment(
        {"PIP_USER": "1", "PIP_CONFIG_FILE": "/etc/odd.conf", "HTTPS_PROXY": "http://proxy:3128"},
        {"PIP_INDEX_URL": "https://mirror.example/simple"},
    )

    assert environment == {
        "HTTPS_PROXY": "http://proxy:3128",
        "PIP_INDEX_URL": "https://mirror.example/simple",
        "PIP_CONFIG_FILE": "/dev/null",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }

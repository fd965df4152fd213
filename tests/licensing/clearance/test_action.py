"""The digest of an action changes with every fact that the licence is bound to."""

from dataclasses import replace

import pytest

from licensing.clearance.action import action_sha256, prompt_digest
from licensing.clearance.use import Use

USE = Use(territory="JP", purpose="personal", duration_ms=8000, audience_rating="all")
FACTS: dict[str, object] = {
    "clearance_id": "clr_1",
    "platform_id": "kirin",
    "prompt_sha256": "ab" * 32,
    "subject_ids": ("garden", "mio"),
    "use": USE,
}


def digest(**changes: object) -> str:
    return action_sha256(**{**FACTS, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"clearance_id": "clr_2"}, id="clearance"),
        pytest.param({"platform_id": "tatsu"}, id="platform"),
        pytest.param({"prompt_sha256": "cd" * 32}, id="prompt"),
        pytest.param({"subject_ids": ("garden",)}, id="subjects"),
        pytest.param({"use": replace(USE, duration_ms=8001)}, id="length"),
        pytest.param({"use": replace(USE, territory="US")}, id="territory"),
        pytest.param({"use": replace(USE, channels=("tv",))}, id="channel"),
        pytest.param({"use": replace(USE, resolution="720p")}, id="resolution"),
    ],
)
def test_another_fact_is_another_action(change: dict[str, object]) -> None:
    assert digest(**change) != digest()


def test_the_order_and_number_of_subjects_play_no_part() -> None:
    assert digest(subject_ids=["mio", "garden", "mio"]) == digest()


@pytest.mark.parametrize(
    ("nonce", "text"),
    [
        pytest.param("n1", "星灯りの庭", id="another prompt"),
        pytest.param("n2", "天音ミオ", id="another nonce"),
        pytest.param("n1", "天音ミオ ", id="one more space"),
        pytest.param("n1", "\ud800", id="text that has no UTF-8"),
    ],
)
def test_a_prompt_is_known_by_its_digest_under_its_nonce(nonce: str, text: str) -> None:
    assert prompt_digest(nonce, text) != prompt_digest("n1", "天音ミオ")
    assert prompt_digest(nonce, text) == prompt_digest(nonce, text)
    assert len(prompt_digest(nonce, text)) == 64

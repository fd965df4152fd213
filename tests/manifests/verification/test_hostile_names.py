"""Hostile strings travel through a manifest as data, and are shown without their tricks."""

import json
import os
import re
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from manifests.credentials.build import StampFacts
from manifests.credentials.read import read_credentials
from manifests.credentials.sign import sign_video
from manifests.credentials.timestamp import TimestampPolicy, timestamp_sources
from manifests.errors import SigningFailed
from manifests.trust.keys import init_development_keys
from manifests.trust.lists import TrustLists
from manifests.trust.text import HIDDEN_CATEGORIES, JOINERS

STRINGS = (
    Path(__file__).resolve().parents[3] / ".." / "shared" / "data" / "c2pa" / "attack-strings.json"
)
CLIP = Path(__file__).resolve().parents[2] / "golden" / "signed" / "unsigned.mp4"
pytestmark = pytest.mark.skipif(
    not STRINGS.exists() and os.environ.get("CI") != "true",
    reason="the hostile strings are not beside this checkout",
)


def hostile_strings() -> list[str]:
    """The strings as their file describes them: {repeat:N} and {json:...} are spelt out."""
    written = [each["value"] for each in json.loads(STRINGS.read_text())["strings"]]
    strings = []
    for value in written:
        if value.startswith("{json:"):
            value = json.loads(value[len("{json:") : -1])  # noqa: PLW2901 - spelt out
        if repeat := re.fullmatch(r"(.*)\{repeat:(\d+)\}", value, re.DOTALL):
            value = repeat[1] * int(repeat[2])  # noqa: PLW2901 - spelt out
        strings.append(value)
    return strings


def is_unicode(text: str) -> bool:
    """Half a surrogate pair is no text: nothing can carry it, and signing refuses it."""
    return not any(unicodedata.category(character) == "Cs" for character in text)


def test_half_a_character_is_refused(tmp_path: Path) -> None:
    at = datetime.now(UTC)
    keys = init_development_keys(tmp_path / "keys", at=at)
    policy = TimestampPolicy(sources=timestamp_sources((), keys=keys, now=lambda: at))
    facts = StampFacts(title="\ud83d", generator="g", generator_version="1", generated_at=at)

    with pytest.raises(SigningFailed):
        sign_video(CLIP, tmp_path / "out.mp4", facts=facts, keys=keys, timestamps=policy)


def test_hostile_names_are_signed_read_and_shown_safely(tmp_path: Path) -> None:
    at = datetime.now(UTC)
    keys = init_development_keys(tmp_path / "keys", at=at)
    sources = timestamp_sources((), keys=keys, now=lambda: datetime.now(UTC))
    policy = TimestampPolicy(sources=sources)
    facts = StampFacts(title="", generator="", generator_version="1", generated_at=at)
    trust = TrustLists().with_own(keys)
    strings = [each for each in hostile_strings() if "\0" not in each and is_unicode(each)]

    for number, hostile in enumerate(strings):
        out = tmp_path / f"{number}.mp4"
        named = replace(facts, title=hostile, generator=hostile or "empty")
        sign_video(CLIP, out, facts=named, keys=keys, timestamps=policy)
        found = read_credentials(out, "video/mp4", trust=trust)
        out.unlink()

        assert found.signer_tier == "local", hostile[:60]
        for shown in (found.title or "", found.creation.generator if found.creation else ""):
            hidden = {c for c in shown if unicodedata.category(c) in HIDDEN_CATEGORIES} - JOINERS
            assert not hidden
            assert len(shown) <= 120
    assert len(strings) > 20

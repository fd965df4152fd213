"""From a stored result to what the page shows."""

from typing import Any

import pytest

from manifests.verification.wording import HEADLINES
from service.pages.language import LANGUAGES, Language, words_of
from service.pages.verdict_view import TONES, grants_view, verdict_view

VERIFIED: dict[str, Any] = {
    "verdict": "verified",
    "reason": "trusted",
    "headline": "Verified. Unchanged since Studio issued its Content Credentials.",
    "manifest_id": "urn:c2pa:1",
    "signer": {"name": "Studio", "tier": "local"},
    "created": {"generator": "Kirin", "version": "2", "at": "2026-11-22T00:00:00Z"},
    "recovered_by": [],
    "licence": {
        "status": "active",
        "licence_id": "lic_1",
        "grants": [{"subject": "Mio", "licensor": "Aoyama"}],
    },
    "checks": [
        {"name": "signature", "result": "passed", "detail": "The signature fits."},
        {
            "name": "signer",
            "result": "unknown",
            "detail": "on no list",
            "code": "signer.c2pa",
            "facts": {"date": "2026-08-21"},
        },
    ],
    "segments": [{"start_s": 0, "end_s": 8.5, "state": "found"}],
}


def test_a_verified_video_tells_who_when_and_licence() -> None:
    view = verdict_view(VERIFIED, words_of("en"))

    assert (view.word, view.tone) == ("Verified", "ok")
    assert view.headline == "Unchanged since <bdi>Studio</bdi> issued its Content Credentials."
    assert (view.signer, view.tier) == ("Studio", "on this service's own list")
    assert (view.generator, view.made_at) == ("Kirin 2", "22 November 2026, 00:00 UTC")
    assert view.licence is not None
    assert view.licence.grants == ("<bdi>Mio</bdi>, granted by <bdi>Aoyama</bdi>",)
    assert view.checks[0].name == "Signature"
    assert view.checks[1].detail == "The signer is on the C2PA trust list of 2026-08-21."
    assert view.parts[0].span == "0:00 – 0:08"


def test_japanese_readers_get_japanese() -> None:
    view = verdict_view(VERIFIED, words_of("ja"))

    assert view.word == "確認できました"
    assert view.headline.startswith("<bdi>Studio</bdi> が")
    assert view.checks[1].detail.startswith("署名者は C2PA")


@pytest.mark.parametrize("verdict", ["altered", "conflict"])
def test_an_unreliable_label_tells_no_facts(verdict: str) -> None:
    view = verdict_view({**VERIFIED, "verdict": verdict, "reason": "changed"}, words_of("en"))

    assert view.label_unreliable
    assert (view.signer, view.generator, view.made_at, view.licence) == (None,) * 4


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", HEADLINES)
def test_no_headline_repeats_the_word_above_it(reason: str, language: Language) -> None:
    words = words_of(language)
    for verdict in TONES:
        view = verdict_view({"verdict": verdict, "reason": reason}, words)

        assert not view.headline.startswith(view.word)
        assert view.headline


def test_a_verdict_without_a_known_reason_keeps_its_own_headline() -> None:
    result = {"verdict": "recovered", "headline": "Found again\u202e <b>"}

    assert verdict_view(result, words_of("ja")).headline == "Found again &lt;b&gt;"


def test_strings_of_the_video_are_cleaned() -> None:
    hostile = {**VERIFIED, "signer": {"name": "A\u202eB</bdi>", "tier": "unknown"}}

    view = verdict_view(hostile, words_of("en"))

    assert view.signer == "AB</bdi>"
    assert "<bdi>AB&lt;/bdi&gt;</bdi>" in view.headline


def test_a_verdict_this_version_does_not_know_is_an_error() -> None:
    with pytest.raises(KeyError):
        verdict_view({"verdict": "magic"}, words_of("en"))


def test_grants_are_names_or_ids() -> None:
    grants = [{"subject": {"id": "mio", "name": "ミオ"}, "licensor": "Aoyama"}]

    assert grants_view(grants) == [{"subject": "ミオ", "licensor": "Aoyama"}]


def test_a_montage_shows_when_which_registered_video_is_seen() -> None:
    parts = [
        {"start_s": 0, "end_s": 4.0, "state": "marked", "manifest_id": "urn:c2pa:one"},
        {"start_s": 4.0, "end_s": 70.5, "state": "marked", "manifest_id": "urn:c2pa:two"},
    ]

    view = verdict_view(VERIFIED | {"segments": parts}, words_of("ja"))

    assert [part.manifest_id for part in view.parts] == ["urn:c2pa:one", "urn:c2pa:two"]
    assert {part.state for part in view.parts} == {"電子透かしあり"}
    assert [part.span for part in view.parts] == ["0:00 – 0:04", "0:04 – 1:10"]

"""Generated spellings: by rule from kana and Hangul, trusted no more than their name."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licensing.registry.subjects import Ambiguity, Name, Subject
from licensing.registry.variants import variants, with_variants


def spellings(text: str) -> list[str]:
    return [each.text for each in variants(Name(text, "ja", "official"))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "ピカチュウ", ["ピカチュー", "pikachuu", "pikachu", "pikatyuu", "pikatyu"], id="a glide"
        ),
        pytest.param("ドラえもん", ["doraemon"], id="hiragana and katakana"),
        pytest.param("マッチ", ["matchi", "matti"], id="a doubled consonant"),
        pytest.param("ティファ", ["tifa"], id="borrowed sounds"),
        pytest.param("ニャース", ["nyasu", "nyaasu"], id="a length mark"),
        pytest.param("シェリー", ["sheri", "sherii"], id="a small e"),
        pytest.param("ウィズ", ["wizu"], id="a small i after u"),
        pytest.param("ッティナ", ["ttina"], id="a doubled borrowed sound"),
        pytest.param("ヴァン・ウ", ["バン・ウ", "van u"], id="v and b"),
        pytest.param("デュエル", ["dyueru"], id="a small yu after e"),
        pytest.param("ァヮュ", ["awayu"], id="small kana at the beginning"),
        pytest.param("ッア", [], id="too short"),
        pytest.param("孫悟空", [], id="kanji have no rule"),
        pytest.param("Pikachu", [], id="nor have Latin letters"),
    ],
)
def test_kana_are_spelt_by_rule(text: str, expected: list[str]) -> None:
    assert spellings(text) == expected


def test_hangul_is_romanised() -> None:
    (variant,) = variants(Name("해리 포터", "ko", "official"))

    assert (variant.text, variant.lang, variant.kind) == ("haeri poteo", "ko-Latn", "generated")


@pytest.mark.parametrize(
    ("text", "given_as", "expected"),
    [
        pytest.param("ドラえもん", "unique", "unique", id="long and strange"),
        pytest.param("ルフィ", "unique", "name", id="short"),
        pytest.param("ピアノ", "unique", "common", id="an ordinary word"),
        pytest.param("ドラえもん", "common", "common", id="no surer than its name"),
    ],
)
def test_a_spelling_is_no_surer_than_its_name(
    text: str,
    given_as: Ambiguity,
    expected: Ambiguity,
) -> None:
    assert variants(Name(text, "ja", "official", given_as))[-1].ambiguity == expected


def test_a_subject_gets_what_it_lacks_once() -> None:
    pikachu = Subject(
        "pika",
        "character",
        None,
        (Name("ピカチュウ", "ja", "official"), Name("Pikachu", "en", "official")),
    )

    once = with_variants(pikachu)

    assert once.names[:2] == pikachu.names
    assert [each.text for each in once.names[2:]] == [
        "ピカチュー",
        "pikachuu",
        "pikatyuu",
        "pikatyu",
    ]
    assert with_variants(once) is once


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("ァアカサチトッャュョーンヴウ・ 가각힣ぁか"), max_size=8))
def test_any_kana_and_hangul_can_be_spelt(text: str) -> None:
    for variant in variants(Name(text, "ja", "official")):
        assert variant.kind == "generated"
        assert len(variant.text) >= 3

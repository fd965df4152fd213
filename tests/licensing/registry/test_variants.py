"""Generated spellings: by rule, trusted no more than their name, and gone with it."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licensing.reading.lexicon import Lexicon
from licensing.reading.read import read
from licensing.registry.subjects import Ambiguity, Name, Subject, SubjectKind
from licensing.registry.variants import variants, with_variants, without_variants


def spellings(text: str, lang: str = "ja", *, reading: str | None = None) -> list[str]:
    return [each.text for each in variants(Name(text, lang, "official", reading=reading))]


def named(*names: Name, kind: SubjectKind = "character") -> Subject:
    return Subject("s", kind, None, names)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "ピカチュウ", ["ピカチュー", "pikachuu", "pikachu", "pikatyuu", "pikatyu"], id="a glide"
        ),
        pytest.param("ドラえもん", ["doraemon"], id="hiragana and katakana"),
        pytest.param("マッチ", ["matchi", "macchi", "matti"], id="a doubled consonant"),
        pytest.param("ティファ", ["tifa"], id="borrowed sounds"),
        pytest.param("ニャース", ["nyasu", "nyaasu"], id="a length mark"),
        pytest.param(
            "オオタニ", ["ootani", "otani", "ohtani"], id="a long o as passports write it"
        ),
        pytest.param("サンポ", ["sanpo", "sampo"], id="m before p"),
        pytest.param("ケイタ", ["ケータ", "keita", "keta", "keeta"], id="a long e"),
        pytest.param("シェリー", ["sheri", "sherii"], id="a small e"),
        pytest.param("ウィズ", ["wizu"], id="a small i after u"),
        pytest.param("ッティナ", ["ttina"], id="a doubled borrowed sound"),
        pytest.param("ヴァン・ウ", ["バン・ウ", "van u", "ban u"], id="v and b"),
        pytest.param("ネヅヂ", ["ネズジ", "nezuji", "nezuzi"], id="sounds that fell together"),
        pytest.param("デュエル", ["dyueru"], id="a small yu after e"),
        pytest.param("ァヮュ", ["awayu"], id="small kana at the beginning"),
        pytest.param("ッア", [], id="too short"),
        pytest.param("・ー", [], id="no sound at all"),
        pytest.param("孫悟空", [], id="kanji have no rule"),
        pytest.param("Pikachu", [], id="nor have Latin letters"),
    ],
)
def test_kana_are_spelt_by_rule(text: str, expected: list[str]) -> None:
    assert spellings(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("해리 포터", ["haeri poteo"], id="a space stays"),
        pytest.param("신라", ["silla", "sinra"], id="a liquid beside a nasal"),
        pytest.param("백마", ["baengma", "baekma"], id="a stop before a nasal"),
        pytest.param("종로", ["jongno", "jongro"], id="a liquid after a nasal"),
        pytest.param("먹이", ["meogi", "meoki"], id="a consonant that moves over"),
    ],
)
def test_hangul_is_romanised_as_it_sounds_and_by_letters(text: str, expected: list[str]) -> None:
    found = variants(Name(text, "ko", "official"))

    assert [each.text for each in found] == expected
    assert {(each.lang, each.kind, each.source) for each in found} == {
        ("ko-Latn", "generated", text)
    }


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        pytest.param("海贼王", "zh-Hans", ["海賊王"], id="simplified"),
        pytest.param("龍珠", "zh-Hant", ["龙珠"], id="traditional"),
        pytest.param("龍珠", "zh-TW", ["龙珠"], id="a country's script"),
        pytest.param("国龍", "zh", ["國龍", "国龙"], id="no script named"),
        pytest.param("头发", "zh-Hans", ["頭發", "頭髮"], id="one character for two"),
        pytest.param("皮卡丘", "zh-Hans", [], id="the same in both"),
        pytest.param("龍珠", "ja", [], id="not Chinese"),
    ],
)
def test_chinese_is_spelt_in_the_other_script(text: str, lang: str, expected: list[str]) -> None:
    assert spellings(text, lang) == expected


@pytest.mark.parametrize(
    ("text", "lang", "reading", "expected"),
    [
        pytest.param(
            "鬼滅の刃",
            "ja",
            "きめつのやいば",
            ["きめつのやいば", "キメツノヤイバ", "kimetsunoyaiba", "kimetunoyaiba"],
            id="kana",
        ),
        pytest.param(
            "孫悟空", "zh", "Sūn Wùkōng", ["孙悟空", "sun wukong"], id="pinyin with marks"
        ),
        pytest.param("皮卡丘", "zh-Hans", "pi2 ka3 qiu1", ["pi ka qiu"], id="pinyin with digits"),
    ],
)
def test_kanji_are_spelt_from_a_given_reading_alone(
    text: str, lang: str, reading: str, expected: list[str]
) -> None:
    assert spellings(text, lang, reading=reading) == expected


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        pytest.param("Tom & Jerry", "en", ["tom and jerry"], id="a sign"),
        pytest.param("Tom and Jerry", "en", ["tom & jerry"], id="a word"),
        pytest.param("SpongeBob", "en", ["sponge bob"], id="a hump"),
        pytest.param("Ōkami", "ja-Latn", ["ookami", "oukami", "ohkami"], id="a macron"),
        pytest.param("Spider-Man", "en", [], id="hyphens are seen past"),
    ],
)
def test_latin_letters_are_spelt_otherwise(text: str, lang: str, expected: list[str]) -> None:
    assert spellings(text, lang) == expected


@pytest.mark.parametrize(
    ("names", "kind", "expected"),
    [
        pytest.param(
            [Name("Uzumaki Naruto", "ja-Latn", "romanised")],
            "character",
            ["naruto uzumaki"],
            id="a romanised person",
        ),
        pytest.param(
            [Name("Naruto Uzumaki", "en", "official"), Name("渦巻ナルト", "ja", "official")],
            "character",
            ["uzumaki naruto"],
            id="an English name of somebody Japanese",
        ),
        pytest.param(
            [Name("Bruce Wayne", "en", "official"), Name("ブルース・ウェイン", "ja", "official")],
            "character",
            [],
            id="a Western name",
        ),
        pytest.param(
            [Name("Boruto Gaiden", "ja-Latn", "romanised")], "work", [], id="a work is no person"
        ),
        pytest.param([Name("Iron Ogre", "ja-Latn", "official")], "character", [], id="words"),
        pytest.param([Name("Naruto", "ja-Latn", "official")], "character", [], id="one word"),
    ],
)
def test_a_person_may_be_named_in_either_order(
    names: list[Name], kind: SubjectKind, expected: list[str]
) -> None:
    subject = with_variants(named(*names, kind=kind))

    found = [name.text for name in subject.names if name.origin == "generated"]
    assert [text for text in found if text.isascii() and " " in text][: len(expected)] == expected
    assert expected or not [text for text in found if sorted(text.split()) == _words(names)]


def _words(names: list[Name]) -> list[str]:
    return sorted(names[0].text.lower().split())


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
    pikachu = named(Name("ピカチュウ", "ja", "official"), Name("Pikachu", "en", "official"))

    once = with_variants(pikachu)

    assert once.names[:2] == pikachu.names
    assert [each.text for each in once.names[2:]] == [
        "ピカチュー",
        "pikachuu",
        "pikatyuu",
        "pikatyu",
    ]
    assert with_variants(once) is once


def test_spellings_go_with_the_name_that_they_came_from() -> None:
    both = with_variants(named(Name("ドラえもん", "ja", "official"), Name("신라", "ko", "alias")))

    fewer = with_variants(replace(without_variants(both), names=both.names[:1]))

    assert [each.text for each in fewer.names] == ["ドラえもん", "doraemon"]


def test_a_generated_name_that_a_document_holds_is_somebodys_own() -> None:
    written = named(Name("doraemon", "ja-Latn", "generated"))

    assert without_variants(with_variants(written)) == written
    assert written.names[0].origin == "given"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param(Name("ドラえもん", "ja", "official"), "Doraemon flies", id="Hepburn"),
        pytest.param(Name("チヒロ", "ja", "official"), "tihiro in the bath", id="official"),
        pytest.param(Name("オオカミマル", "ja", "official"), "an Ōkamimaru howls", id="a macron"),
        pytest.param(
            Name("シンイチロウ", "ja", "official"), "Shin'ichirō waves", id="an apostrophe"
        ),
        pytest.param(Name("海贼王", "zh-Hans", "official"), "海賊王的船", id="the other script"),
        pytest.param(
            Name("鬼滅の刃", "ja", "official", reading="きめつのやいば"),
            "Kimetsu no Yaiba, cinematic",
            id="a reading",
        ),
    ],
)
def test_a_prompt_in_a_generated_spelling_is_read(name: Name, text: str) -> None:
    lexicon = Lexicon.build([with_variants(named(name))])

    (mention,) = read(text, lexicon, registry_version=1).mentions

    assert mention.strength == "strong"


def test_a_spelling_gives_way_to_the_name_of_another_subject() -> None:
    borrower = replace(named(Name("ドラえもん", "ja", "official")), id="borrower")
    owner = replace(named(Name("Doraemon", "en", "official")), id="owner")
    lexicon = Lexicon.build([with_variants(borrower), with_variants(owner)])

    mentions = read("Doraemon flies", lexicon, registry_version=1).mentions

    assert [each.subject_id for each in mentions] == ["owner"]


def test_a_spelling_that_two_subjects_come_to_is_not_sure() -> None:
    texts = {"long": "オオタニマル", "mixed": "オウタニマル", "word": "オータニマル"}
    lexicon = Lexicon.build(
        with_variants(
            Subject(
                subject_id,
                "work",
                None,
                (Name(text, "ja", "official", "common" if subject_id == "word" else "unique"),),
            )
        )
        for subject_id, text in texts.items()
    )

    mentions = read("an Otanimaru poster", lexicon, registry_version=1).mentions

    assert [(each.subject_id, each.strength) for each in mentions] == [
        ("long", "weak"),
        ("mixed", "weak"),
        ("word", "weak"),
    ]


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("ァアカサチトッャュョーンヴウヅ・ 가각힣ぁか发龍a"), max_size=8))
def test_any_name_can_be_spelt_and_taken_back(text: str) -> None:
    name = Name(text or "x", "zh", "official", reading="か" if text else None)
    subject = named(name)

    spelt = with_variants(subject)

    assert with_variants(spelt) is spelt
    assert without_variants(spelt) == subject
    assert all(each.source == name.text for each in spelt.names[1:])
    assert len({each.text for each in spelt.names}) == len(spelt.names)

"""Names written otherwise: look-alikes, digits, separators, other kana, plurals, hashtags."""

import pytest

from licensing.reading.lexicon import Lexicon
from licensing.reading.lookalikes import Canon, canonical, letter_of, resembles
from licensing.reading.read import read
from licensing.registry.subjects import Ambiguity, Name, Subject


def subject(subject_id: str, *texts: str, ambiguity: Ambiguity = "unique") -> Subject:
    names = tuple(Name(text, "en", "official", ambiguity) for text in texts)
    return Subject(subject_id, "character", None, names)


LEXICON = Lexicon.build(
    [
        subject("pika", "Pikachu", "ピカチュウ", "皮卡丘", "피카츄"),
        subject("toy", "Toy Story", "Monsters, Inc."),
        subject("bluesky", "Bluesky", "Roomi"),
        subject("weezing", "Weezing", "Butterfree"),
        subject("sky", "STARRY☆SKY"),
        subject("mario", "Mario", ambiguity="name"),
        subject("link", "リンク", "Link", ambiguity="common"),
        subject("beat", "バルビート", "ゴーリキー", "レテ", "クロバット", "ゴジラ", "カイロス"),
        subject("entei", "エンテイ", "カメール", "ドラえもん"),
        subject("wall", "Wall-E", "R2D2", "Porygon2", "Porygon-Z", "Chang'e", "Joe"),
        subject("castle", "天空の城ラピュタ", "死星", "かぐや姫"),
        subject("potter", "해리 포터", "그루"),
        subject("twins", "Café Noir", "Cafe Noir"),
        subject("jynx", "Jynx", "Iron", "Blastoise"),
        subject("star", "★"),
        subject("panda", "カンフー・パンダ", "シャワーズ"),
    ],
)


def found(text: str) -> list[tuple[str, str, str]]:
    """Each strong mention as (subject, surface, evidence)."""
    mentions = read(text, LEXICON, registry_version=1).mentions
    return [
        (each.subject_id, each.surface, each.evidence)
        for each in mentions
        if each.strength == "strong"
    ]


@pytest.mark.parametrize(
    "surface",
    [
        pytest.param("ріkасhu", id="Cyrillic letters among Latin ones"),
        pytest.param("рікасһυ", id="nothing but look-alikes"),
        pytest.param("ΡiΚachu", id="Greek capitals"),
        pytest.param("Ꮲikachu", id="Cherokee"),
        pytest.param("Pikacӈu", id="a Cyrillic letter with a hook"),
        pytest.param("ᴘɪᴋᴀᴄʜᴜ", id="small capitals"),
        pytest.param("Pïkàchü", id="accents"),
        pytest.param("pıkachu", id="a dotless i"),
        pytest.param("🅟🅘🅚🅐🅒🅗🅤", id="white on black circles"),
        pytest.param("🇵🇮🇰🇦🇨🇭🇺", id="halves of flags"),
        pytest.param("ⓅⓘⓀⓐⒸⓗⓤ", id="circles"),
        pytest.param("p1k4chu", id="digits"),
        pytest.param("p!k@chu", id="signs"),
        pytest.param("P i k a c h u", id="spaced out"),
        pytest.param("P.i.k.a.c.h.u", id="dotted"),
        pytest.param("P🐭i🐭k🐭a🐭c🐭h🐭u", id="with pictures between"),
        pytest.param("Pik-achu", id="a hyphen inside"),
        pytest.param("pika chu", id="a space inside"),
        pytest.param("pika_chu", id="an underscore inside"),
        pytest.param("Plkachu", id="an l that looks like a capital I"),
    ],
)
def test_a_disguised_name_is_the_name(surface: str) -> None:
    # The letters themselves, only styled, are the name as it is written.
    evidence = "exact" if surface[0] in "🇵🅟Ⓟ" else "skeleton"

    assert found(f"a {surface} in the rain") == [("pika", surface, evidence)]


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        pytest.param("BIastoise swims", "BIastoise", id="a capital I for an l"),
        pytest.param("two Pikachus", "Pikachu", id="a plural"),
        pytest.param("three Jynxes", "Jynx", id="a plural in es"),
        pytest.param("Pikachuuu!", "Pikachu", id="a last letter drawn out"),
        pytest.param("#TeamPikachu wins", "Pikachu", id="camel case"),
        pytest.param("PikachuFan art", "Pikachu", id="camel case behind"),
        pytest.param("#pikachuparty", "pikachu", id="inside a hashtag"),
        pytest.param("#best_pikachu_ever", "pikachu", id="words of a hashtag"),
        pytest.param("ToyStory toys", "ToyStory", id="joined"),
        pytest.param("toy-story toys", "toy-story", id="a hyphen for a space"),
        pytest.param("T o y  S t o r y", "T o y  S t o r y", id="two words spaced out"),
        pytest.param("Monsters Inc is back", "Monsters Inc", id="without its punctuation"),
        pytest.param("Wee-zing flies", "Wee-zing", id="two words by accident"),
        pytest.param("Walle", "Walle", id="without its hyphen"),
        pytest.param("a STARRYSKY poster", "STARRYSKY", id="without its star"),
        pytest.param("porygon2 and p0rygon-z", "porygon2", id="a digit of the name"),
        pytest.param("Bluesky", "Bluesky", id="exactly"),
        pytest.param("カフェ★で", "★", id="a name without letters"),
    ],
)
def test_names_are_found_in_many_forms(text: str, surface: str) -> None:
    assert surface in [each[1] for each in found(text)]


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        pytest.param("ピ・カ・チ・ュ・ウが走る", "ピ・カ・チ・ュ・ウ", id="dotted"),
        pytest.param("ピ カ チ ュ ウが走る", "ピ カ チ ュ ウ", id="spaced out"),
        pytest.param("ピカ・チュウが走る", "ピカ・チュウ", id="a dot inside"),
        pytest.param("かわいいぴかちゅうだ", "ぴかちゅう", id="hiragana"),
        pytest.param("歩くえんていの絵", "えんてい", id="four hiragana after anything"),
        pytest.param("はしるかいろすと", "かいろす", id="hiragana before a particle"),
        pytest.param("ドラエモンの鈴", "ドラエモン", id="katakana for hiragana"),
        pytest.param("バルビトが光る", "バルビト", id="without a length mark"),
        pytest.param("カメルの甲羅", "カメル", id="three kana without a length mark"),
        pytest.param("カ ン フ ー ・ パ ン ダ", "カ ン フ ー ・ パ ン ダ", id="marks spaced out"),
        pytest.param("ゴ・ー・リ・キ・ーの腕", "ゴ・ー・リ・キ・ー", id="a mark at the end"),
        pytest.param("ピカチユウが走る", "ピカチユウ", id="large kana for small ones"),
        pytest.param("ピ力チュウが走る", "ピ力チュウ", id="a kanji that looks like a kana"),
        pytest.param("天空の城 ラピュタを見る", "天空の城 ラピュタ", id="a space inside"),
        pytest.param("皮·卡·丘在跑", "皮·卡·丘", id="Chinese, dotted"),
        pytest.param("皮-卡丘在跑", "皮-卡丘", id="Chinese, a hyphen inside"),
        pytest.param("피 카 츄가 달린다", "피 카 츄", id="Korean, spaced out"),
        pytest.param("해리포터와", "해리포터", id="Korean, joined"),
        pytest.param("ゴジラシリーズ", "ゴジラ", id="a word that names are joined to"),
        pytest.param("スーパーゴジラ", "ゴジラ", id="a word before it"),
        pytest.param("クロバットマスター", "クロバット", id="a known word behind it"),
        pytest.param("トトクロバットの", "クロバット", id="a longer rest before a long name"),
        pytest.param("カイロスキック!", "カイロス", id="a longer rest behind a long name"),
    ],
)
def test_scripts_without_spaces_are_disguised_too(text: str, surface: str) -> None:
    assert surface in [each[1] for each in found(text)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("the blue sky", id="ordinary words in a row"),
        pytest.param("the blue sky-scraper", id="with a hyphen behind"),
        pytest.param("a room I like", id="a word and a letter"),
        pytest.param("a starry sky", id="words that a name joins by a star"),
        pytest.param("He has a toy. Story time!", id="over the end of a sentence"),
        pytest.param("butter-free cookies", id="an ordinary compound"),
        pytest.param("we change clothes", id="no apostrophe is invented"),
        pytest.param("1337 and 1204", id="numbers are no words"),
        pytest.param("j0e", id="too short for digits"),
        pytest.param("RZDZ", id="letters for a name's digits"),
        pytest.param("アクロバット飛行", id="a letter before a katakana name"),
        pytest.param("クロバットン", id="a letter behind a katakana name"),
        pytest.param("大ゴジラミの", id="a short name in a longer word"),
        pytest.param("捨てられてた", id="hiragana inside a word"),
        pytest.param("かえんていた", id="hiragana with more hiragana behind"),
        pytest.param("バルビトン", id="no length mark and a longer word"),
        pytest.param("死 星", id="two Han characters apart"),
        pytest.param("ピカ、チュウ", id="a comma between"),
        pytest.param("皮卡/丘", id="a list of two"),
        pytest.param("皮,卡,丘", id="a list of three"),
        pytest.param("Mariofan", id="an ambiguous name joined"),
        pytest.param("リ・ン・ク", id="an ordinary word dotted"),
        pytest.param("irons in the fire", id="the plural of an ordinary word"),
        pytest.param("Pikachuish", id="a longer word"),
        pytest.param("Pikachuub", id="no last letter drawn out"),
        pytest.param("Joee", id="too short to be drawn out"),
        pytest.param("Joes", id="too short for a plural"),
    ],
)
def test_ordinary_text_is_no_disguise(text: str) -> None:
    assert [each for each in found(text) if each[2] != "fuzzy"] == []


def test_invisible_letters_are_read() -> None:
    hidden = "".join(chr(0xE0000 + ord(letter)) for letter in "pikachu")
    text = f"a cat {hidden} and a flag \U0001f3f4\U000e0067\U000e0062\U000e007f"

    (mention,) = read(text, LEXICON, registry_version=1).mentions

    assert (mention.subject_id, mention.surface, mention.evidence) == ("pika", hidden, "skeleton")
    assert mention.reasons[-1] == "it is written in invisible characters"


def test_names_of_one_skeleton_are_all_meant() -> None:
    lexicon = Lexicon.build([subject("a", "Cafe-Noir"), subject("b", "Café-Noir")])

    mentions = read("CafèNoir!", lexicon, registry_version=1).mentions

    assert [each.subject_id for each in mentions] == ["a", "b"]


@pytest.mark.parametrize(
    ("character", "expected"),
    [
        pytest.param("l", "i", id="l and i share one"),
        pytest.param("1", "i", id="a digit"),
        pytest.param("ぴ", "ピ", id="hiragana"),
        pytest.param("ゃ", "ヤ", id="small kana"),
        pytest.param("ー", "\x00", id="the length mark is left out"),
        pytest.param("€", "e", id="a currency sign"),
        pytest.param("ƥ", "p", id="a hook"),
        pytest.param("ӈ", "h", id="a Cyrillic hook"),
        pytest.param("ӯ", "y", id="a Cyrillic accent"),
        pytest.param("ֆ", "ֆ", id="nothing looks like it"),
        pytest.param("\ud800", "\x00", id="a lone surrogate"),
    ],
)
def test_every_character_nominates_one(character: str, expected: str) -> None:
    assert canonical(character) == expected


@pytest.mark.parametrize(
    ("written", "meant", "original", "expected"),
    [
        pytest.param("é", "e", "é", "accent", id="an accent"),
        pytest.param("e", "é", "e", "accent", id="an accent left out"),
        pytest.param("е", "e", "е", "lookalike", id="another script"),
        pytest.param("η", "h", "Η", "lookalike", id="a capital of another script"),
        pytest.param("ぴ", "ピ", "ぴ", "kana", id="kana"),
        pytest.param("力", "カ", "力", "lookalike", id="a kanji for a kana"),
        pytest.param("0", "o", "0", "digit", id="a digit for a letter"),
        pytest.param("o", "0", "o", "digit", id="a letter for a digit that looks like it"),
        pytest.param("z", "2", "z", None, id="a letter for another digit"),
        pytest.param("i", "l", "I", "lookalike", id="a capital I"),
        pytest.param("i", "l", "i", None, id="a small i is no l"),
    ],
)
def test_one_character_stands_for_another(
    written: str,
    meant: str,
    original: str,
    expected: str | None,
) -> None:
    assert resembles(written, meant, original) == expected


def test_rare_characters_do_not_fill_the_table() -> None:
    canon = Canon()
    text = "".join(map(chr, range(0x4E00, 0x4E00 + 20_000)))

    assert len(text.translate(canon)) == 20_000
    assert len(canon) < 20_000
    assert letter_of("\ud800") == "\ud800"

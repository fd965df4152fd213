"""Any text at all: a reading never fails, and every mention is what stands at its place."""

import random
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licensing.reading.lexicon import Lexicon
from licensing.reading.read import read
from licensing.registry.subjects import Ambiguity, Description, Name, Subject, Trait

NAMES = {
    "pika": ("Pikachu", "ピカチュウ", "皮卡丘", "피카츄"),
    "naruto": ("Naruto Uzumaki", "うずまきナルト"),
    "team": ("R2D2", "C-3PO", "Mr. Incredible"),
    "eyes": ("👀", "!?★", "№1", "㌔", "ﷺ"),
    "greek": ("Ωmega", "Ελλάς", "Ёлка", "مكة", "हिन्दी"),
}
COMMON = {"frozen": "Frozen", "up": "Up", "link": "リンク", "cafe": "café"}
LOOKS = "a yellow mouse with a lightning tail, red cheeks and black ear tips"


def subject(subject_id: str, texts: tuple[str, ...], ambiguity: Ambiguity = "unique") -> Subject:
    names = tuple(
        Name(text, "en", "official", ambiguity, ("movie",) * (ambiguity == "common"), ())
        for text in texts
    )
    return Subject(
        subject_id,
        "character",
        None,
        names,
        descriptions=(Description("en", LOOKS), Description("ja", "黄色い鼠で赤い頬と稲妻の尻尾")),
        traits=(Trait("en", "lightning tail"),),
    )


LEXICON = Lexicon.build(
    [
        *(subject(each, texts) for each, texts in NAMES.items()),
        *(subject(each, (text,), "common") for each, text in COMMON.items()),
    ],
)
# What Unicode has to offer against software, besides everything else.
PIECES = (
    *(text for texts in NAMES.values() for text in texts),
    *COMMON.values(),
    *(
        "not ",
        "without ",
        " style",
        "っぽい",
        "なし",
        "#",
        "@",
        "_",
        "-",
        " ",
        "  ",
        "\n",
        "\t",
        "\x00",
    ),
    *("\u200b", "\u200d", "\u200c", "\u00ad", "\u2060", "\ufeff", "\u202e", "\u2066", "\u061c"),
    *(
        "\u0301",
        "\u0336",
        "\u20dd",
        "\u3099",
        "゛",
        "゜",
        "\ufe0f",
        "\U000e0100",
        "\u034f",
        "\u0345",
    ),
    *("\U000e0070\U000e0069\U000e006b\U000e0061", "\U0001f3f4\U000e0067\U000e0062\U000e007f"),
    *(
        "👩\u200d👩\u200d👧",
        "🇯🇵",
        "🅿🅸🅺🅰",
        "𝓟𝓲𝓴𝓪𝓬𝓱𝓾",
        "ﾋﾟｶﾁｭｳ",
        "Ｐｉｋａｃｈｕ",
        "ﬁ",
        "ǆ",
        "ß",
        "İ",
        "ı",
        "ΐ",
    ),
    *(
        "ﷺ",
        "㌔",
        "㍿",
        "½",
        "Ⅷ",
        "①",
        "ｶﾞ",
        "가",
        "\u1112\u1161\u11ab",
        "ᄀ",
        "\u11ff",
        "\ud800",
        "\udfff",
    ),
    *("P1k4chu", "P i k a c h u", "p.i.k.a", "Рikachu", "Pikcahu", "\u0e33", "\u0f77", "\u1e9e"),
    *(LOOKS[:30], LOOKS[20:], "movie ", "。", "「", "」", '"', "'", "''", "::", "...", "1337"),
)


def assert_places_are_right(text: str, negative: str | None = None) -> None:
    reading = read(text, LEXICON, registry_version=1, negative_text=negative)

    for mention in reading.mentions:
        source = text if mention.source == "prompt" else negative
        assert source is not None
        assert 0 <= mention.start < mention.end <= len(source)
        assert source[mention.start : mention.end] == mention.surface


@given(
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4)), max_size=12).map("".join),
    st.none() | st.text(max_size=8),
)
def test_a_mention_stands_where_it_says(text: str, negative: str | None) -> None:
    assert_places_are_right(text, negative)


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_the_same_text_is_read_the_same(text: str) -> None:
    first, second = (read(text, LEXICON, registry_version=1).to_json() for _ in range(2))

    assert first == second


@pytest.mark.soak
def test_a_million_texts_are_read() -> None:
    for number, text in enumerate(any_texts(seed=20260101, count=1_000_000)):
        try:
            assert_places_are_right(text)
        except Exception as error:
            raise AssertionError(f"text {number}: {text!r}") from error


def any_texts(*, seed: int, count: int) -> Iterator[str]:
    """Write texts of anything: pieces of the list, any code point, and characters of one block."""
    dice = random.Random(seed)
    for _ in range(count):
        block = dice.randrange(0x110000) & ~0x7F
        pieces = []
        for _ in range(dice.randrange(1, 9)):
            kind = dice.randrange(4)
            if kind == 0:
                pieces.append(chr(dice.randrange(0x110000)))
            elif kind == 1:
                pieces.append(chr(block + dice.randrange(0x80)))
            else:
                pieces.append(dice.choice(PIECES))
        yield "".join(pieces)

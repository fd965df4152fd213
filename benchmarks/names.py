"""
A registry as large as wanted, made up from a fixed seed, and prompts that mention some of it.

Subjects are people and titles with names in several scripts. Parts of names are shared, as they are
in life: family names, first words of titles, syllables. The first subjects are licensed, and the
first of these are described; all others only have to be known.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from licensing.reading.words import tiers
from licensing.registry.subjects import Ambiguity, Description, Name, Subject, Trait

SEED: Final = 20260101
LICENSED: Final = 5_000
DESCRIBED: Final = 2_000
NAMES_EACH: Final = 4
PROMPT_CHARS: Final = 500

_ONSETS: Final = (*"bcdfghjklmnprstvwyz", "br", "ch", "dr", "gr", "kr", "sh", "st", "tr")
_VOWELS: Final = (*"aeiou", "ai", "ea", "ia", "io", "ou")
_CODAS: Final = ("", "", *"nrslmtx", "nd", "th")
_KANA: Final = (
    *"アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン",
    *"ガギグゲゴザジズダデドバビブベボパピプ",
    *("シャ", "シュ", "ショ", "チャ", "チュ", "リュ", "ファ", "ラー", "ロッ", "キー", "マン"),
)
_FAMILY: Final = "山川田中村小林木松本井上野藤佐高橋渡石原星月雪花森池竹島崎沢"
_GIVEN: Final = "太郎子美優真一二三輝翔大和也奈央葵結愛凛海空蒼光希望勇誠剣龍虎鳳"
_HAN: Final = "天地玄黄宇宙洪荒龙虎山水火风雷电星月花鸟鱼王刀剑神魔灵光影海雪冰木金土石城国传说"
_HANGUL: Final = (
    "가나다라마바사아자차카타파하고노도로모보소오조구누두루무부수우주기니디리미비시이지희"
)
_JAPANESE: Final = (
    *("公園で", "女の子が", "走っている、", "夕焼けの", "空を", "背景に", "カメラが"),
    *("ゆっくりと", "近づき、", "白い", "ドレスを", "着た", "青年は", "海辺の", "街を", "歩く。"),
    *("猫と", "犬が", "遊んで、", "花びらが", "風に", "舞い上がる", "シーンを", "映画のように"),
    *("描いて", "ください。", "ネオンの", "光る", "夜の", "東京、", "雨上がりの", "道路に"),
    *("反射する", "ビルの", "窓から", "見える", "景色、", "にぎやかな", "市場で", "果物を"),
    *("売る", "人たち", "静かな", "湖の", "ほとりに", "古い", "木造の", "家が", "あり、"),
)
_LOOKS: Final = (
    "a {0} {1} with {2} hair and a {3} {4}, wearing {5} boots and carrying a {6} {7}, "
    "born in a {8} and known for a {9} {10}"
)


@dataclass(frozen=True, slots=True)
class _Parts:
    """What names are put together from."""

    first: tuple[str, ...]
    last: tuple[str, ...]
    common: tuple[str, ...]
    rare: tuple[str, ...]


def made_up_subjects(names: int) -> Iterator[Subject]:
    """Invent subjects with so many names in all, in the order of their ids."""
    dice = random.Random(SEED)  # noqa: S311 - repeatable on purpose, no secret
    parts = _parts(dice)
    for number in range(max(1, names // NAMES_EACH)):
        described = number < DESCRIBED
        looks = _looks(dice, parts) if described else ""
        yield Subject(
            f"s{number:07}",
            "character" if number % 3 else "work",
            f"s{number - number % 12:07}" if number % 12 else None,
            tuple(_names(dice, parts)),
            descriptions=(Description("en", looks),) if described else (),
            traits=tuple(Trait("en", each) for each in looks.split(", ")) if described else (),
            licensed=number < LICENSED,
        )


def made_up_prompts(subjects: Sequence[Subject], count: int) -> list[str]:
    """Write prompts in English, Japanese and both; half of them mention a subject or two."""
    dice = random.Random(SEED + 1)  # noqa: S311 - repeatable on purpose, no secret
    words = [word for word, tier in tiers().items() if tier <= 20]  # noqa: PLR2004
    prompts = []
    for number in range(count):
        english = dice.choices(words, k=PROMPT_CHARS // 5)
        japanese = dice.choices(_JAPANESE, k=PROMPT_CHARS // 4)
        pieces = (english, japanese, [*english[:50], *japanese[:60]])[number % 3]
        for _ in range(number % 4 // 2 * dice.randint(1, 3)):
            name = dice.choice(dice.choice(subjects).names).text
            pieces.insert(dice.randrange(40), name)
        gap = "" if pieces is japanese else " "
        prompts.append(gap.join(pieces)[:PROMPT_CHARS])
    return prompts


def _parts(dice: random.Random) -> _Parts:
    common = tuple(word for word, tier in tiers().items() if tier <= 20)  # noqa: PLR2004
    rare = tuple(word for word, tier in tiers().items() if tier > 20)  # noqa: PLR2004
    return _Parts(
        first=tuple(_word(dice, dice.randint(1, 3)) for _ in range(20_000)),
        last=tuple(_word(dice, dice.randint(2, 3)) for _ in range(60_000)),
        common=common,
        rare=rare,
    )


def _word(dice: random.Random, syllables: int) -> str:
    return "".join(
        dice.choice(_ONSETS) + dice.choice(_VOWELS) + dice.choice(_CODAS) for _ in range(syllables)
    ).title()


def _names(dice: random.Random, parts: _Parts) -> Iterator[Name]:
    """Invent one Latin name and three in other scripts."""
    latin, ambiguity = _latin(dice, parts)
    yield Name(latin, "en", "official", ambiguity)
    yield Name("".join(dice.choices(_KANA, k=_kana_syllables(dice))), "ja", "official")
    family, given = dice.choices(_FAMILY, k=2), dice.choices(_GIVEN, k=dice.randint(1, 3))
    yield Name("".join(family + given), "ja", "alias")
    if dice.randrange(2):
        yield Name("".join(dice.choices(_HAN, k=dice.randint(3, 7))), "zh-Hans", "official")
    else:
        yield Name("".join(dice.choices(_HANGUL, k=dice.randint(3, 6))), "ko", "official")


def _kana_syllables(dice: random.Random) -> int:
    """Draw a length: short names are few, because they are soon taken."""
    return dice.choices(range(3, 10), weights=(1, 6, 12, 12, 8, 5, 3))[0]


def _latin(dice: random.Random, parts: _Parts) -> tuple[str, Ambiguity]:
    match dice.randrange(20):
        case 0:
            return dice.choice(parts.rare).title(), "common"
        case 1 | 2:
            return dice.choice(parts.first), "name"
        case 3 | 4 | 5:
            words = (dice.choice(parts.rare), dice.choice(parts.common), dice.choice(parts.first))
            return "The {} {} of {}".format(*words).title(), "unique"
        case 6 | 7:
            return f"{dice.choice(parts.last)} {dice.randint(2, 9)}", "unique"
        case 8 | 9 | 10:
            return dice.choice(parts.last) + dice.choice(parts.first).lower(), "unique"
    return f"{dice.choice(parts.first)} {dice.choice(parts.last)}", "unique"


def _looks(dice: random.Random, parts: _Parts) -> str:
    words = (parts.common, parts.rare)
    return _LOOKS.format(*(dice.choice(words[place % 2]) for place in range(11)))

"""What a prompt wants absent, in seven languages, and what only sounds like it."""

import pytest

from licensing.reading.lexicon import Lexicon
from licensing.reading.read import read
from licensing.registry.subjects import Name, Subject

LEXICON = Lexicon.build(
    [
        Subject(
            "pika",
            "character",
            None,
            tuple(Name(t, "en", "official") for t in ("Pikachu", "ピカチュウ", "皮卡丘", "피카츄")),
        ),
        Subject(
            "raichu",
            "character",
            None,
            tuple(Name(t, "en", "official") for t in ("Raichu", "ライチュウ", "雷丘")),
        ),
    ],
)


def polarities(text: str) -> list[str]:
    return [each.polarity for each in read(text, LEXICON, registry_version=1).mentions]


@pytest.mark.parametrize(
    "text",
    [
        "no Pikachu",
        "a yellow rodent, but not Pikachu",
        "do not include any Pikachu",
        "it isn't Pikachu",
        "It shouldn't look like Pikachu",
        "without any reference to Pikachu",
        "no giant Pikachu",
        "--no Pikachu",
        "a non-Pikachu mouse",
        "Pikachu should not be shown",
        "Pikachu must never appear",
        "Pikachu is forbidden",
        "a Pikachu-free party",
        "leave Pikachu out of it",
        "anything but Pikachu",
        "a mouse, not 'Pikachu'",
        "sans Pikachu",
        "n'utilise jamais Pikachu",
        "à l'exception de Pikachu",
        "Pikachu interdit",
        "kein Pikachu",
        "eine Maus, aber nicht Pikachu",
        "zeige Pikachu nicht",
        "Pikachu darf hier nicht vorkommen",
        "sin Pikachu",
        "no muestres a Pikachu",
        "un ratón que no sea Pikachu",
        "Pikachu no debe salir",
        "ピカチュウなしで",
        "ピカチュウ以外のネズミ",
        "ピカチュウではない動物",
        "ピカチュウのキャラクターは一切出さない",
        "ピカチュウを避ける",
        "ピカチュウっぽくしないで",
        "「ピカチュウ」は禁止",
        "NG: ピカチュウ",
        "不要出现皮卡丘",
        "没有皮卡丘",
        "不是皮卡丘",
        "皮卡丘除外",
        "除皮卡丘以外的动物",
        "피카츄 없이",
        "피카츄가 아닌 쥐",
        "피카츄는 절대 등장하지 않는다",
    ],
)
def test_a_cue_beside_a_name_asks_for_its_absence(text: str) -> None:
    assert polarities(text) == ["negated"]


@pytest.mark.parametrize(
    "text",
    [
        "not only Pikachu",
        "not far from Pikachu",
        "none other than Pikachu",
        "why not show Pikachu",
        "don't forget Pikachu",
        "Pikachu is not happy",
        "Pikachu, out of breath",
        "Pikachu out of breath",
        "Pikachu in a room without windows",
        "no rain today, Pikachu plays",
        "no light in the cave of Pikachu",
        "Ohne Regen läuft Pikachu",
        "Pikachu no tiene miedo",
        "ピカチュウが止まらない",
        "ピカチュウだけではなく犬も",
        "ピカチュウが避ける",
        "ピカチュウの消しゴム",
        "傘のない道をピカチュウが歩く",
        "不仅是皮卡丘",
        "除了皮卡丘，还有狗",
        "皮卡丘不怕雨",
        "没有雨，皮卡丘在跑",
        "피카츄뿐만 아니라 개도",
        "피카츄가 우산 없이 걷는다",
    ],
)
def test_other_negations_leave_a_name_wanted(text: str) -> None:
    assert polarities(text) == ["affirmed"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("no Pikachu or Raichu", ["negated", "negated"], id="a list"),
        pytest.param("without Pikachu, Raichu.", ["negated", "negated"], id="a list of commas"),
        pytest.param("without Pikachu, Raichu runs", ["negated", "affirmed"], id="a new clause"),
        pytest.param("not Pikachu but Raichu", ["negated", "affirmed"], id="the other one"),
        pytest.param("Pikachu and no Raichu", ["affirmed", "negated"], id="the second one"),
        pytest.param("Pikachu hugs Raichu", ["affirmed", "affirmed"], id="none"),
        pytest.param(
            "ピカチュウでもライチュウでもない鼠", ["negated"] * 2, id="a list before its cue"
        ),
        pytest.param("ピカチュウが走る、ライチュウなし", ["affirmed", "negated"], id="no list"),
        pytest.param("不要皮卡丘和雷丘", ["negated", "negated"], id="Chinese"),
    ],
)
def test_a_list_shares_its_cue(text: str, expected: list[str]) -> None:
    assert polarities(text) == expected

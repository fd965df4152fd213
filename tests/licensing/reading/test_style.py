"""Wishes for a subject's look, in the words people use, and what only resembles one."""

import pytest

from licensing.reading.lexicon import Lexicon
from licensing.reading.read import read
from licensing.registry.subjects import Name, Subject

LEXICON = Lexicon.build(
    [
        Subject("gantz", "work", None, (Name("GANTZ", "ja", "official"),)),
        Subject("lego", "mark", None, (Name("レゴ", "ja", "official"),)),
    ],
)

STYLES = """
a city made to look like GANTZ
reminiscent of GANTZ
channeling GANTZ
a desert inspired by GANTZ
GANTZ-like suits
with a GANTZ feel
with the aesthetics of GANTZ
GANTZの世界観で
GANTZをイメージした衣装
GANTZをオマージュした映像
GANTZの絵柄で描いた猫
类似GANTZ的作品
仿GANTZ画风
レゴ風の街
im Stil von GANTZ
dans le style de GANTZ
al estilo de GANTZ
"""

THEMSELVES = """
GANTZ runs through the night
people who like GANTZ
GANTZの主人公が走る
GANTZを読む少年
レゴが風に飛ぶ
"""


def evidence(text: str) -> list[str]:
    return [each.evidence for each in read(text, LEXICON, registry_version=1).mentions]


@pytest.mark.parametrize("text", STYLES.strip().splitlines())
def test_a_wish_for_a_look_is_a_style(text: str) -> None:
    assert evidence(text) == ["style"]


@pytest.mark.parametrize("text", THEMSELVES.strip().splitlines())
def test_a_subject_itself_is_no_style(text: str) -> None:
    assert evidence(text) == ["exact"]

"""Refusals in many words, and double ones that are wishes: phrases in seven languages."""

import pytest

from licensing.reading.lexicon import Lexicon
from licensing.reading.read import read
from licensing.reading.sections import unwanted_sections
from licensing.registry.subjects import Name, Subject

LEXICON = Lexicon.build(
    [
        Subject(
            "pika",
            "character",
            None,
            tuple(Name(t, "en", "official") for t in ("Pikachu", "ピカチュウ", "皮卡丘", "피카츄")),
        ),
        Subject("rai", "character", None, (Name("Raichu", "en", "official"),)),
    ],
)

REFUSED = """
definitely nothing that resembles Pikachu
Pikachu should be nowhere in sight
a yellow mouse, but it can't be Pikachu
Under no circumstances show Pikachu
refrain from depicting Pikachu
stay away from Pikachu
don't you dare draw Pikachu
Remove all traces of Pikachu
avoid any resemblance to Pikachu
Do not use the likeness of Pikachu
a castle, absent any Pikachu
Pikachu? No thanks, a generic cat instead
keep Pikachu out of the frame
a story that has no Pikachu in it
an original creature, not based on Pikachu
leave Pikachu out of this
cut Pikachu from the scene
a toy store with all toys but Pikachu
a world where Pikachu does not exist
a world in which Pikachu was never born
Pikachu: excluded
avoid logos, text and Pikachu
without text, logos or Pikachu
no boats or Pikachu
ピカチュウだけは避けてください
ピカチュウが存在しない世界
ピカチュウは背景にも出さないこと
画面中不要有文字、标志和皮卡丘
皮卡丘不应出现
피카츄 사용 금지
피카츄가 나오면 안 됨
Pikachu ne doit apparaître nulle part
une souris différente de Pikachu
interdiction de montrer Pikachu
mit Ausnahme von Pikachu
Pikachu darf nirgends erscheinen
eine Maus, anders als Pikachu
no añadas a Pikachu
con excepción de Pikachu
un ratón distinto de Pikachu
Pikachu está prohibido
ピカチュウっぽくならないように
ピカチュウみたいにならないように
ピカチュウに見えないようにして
ピカチュウらしさを消して
ピカチュウは映り込まないように
ピカチュウを描写しないこと
ピカチュウはいりません
ピカチュウの出番はありません
ピカチュウを連想させないデザイン
千万别画成皮卡丘
不需要皮卡丘
不要任何皮卡丘元素
피카츄처럼 보이면 안 돼
피카츄는 필요 없어
피카츄를 피해서
피카츄를 그리지 마
sans aucune trace de Pikachu
Pikachu est absent
évitez de montrer Pikachu
ohne jede Spur von Pikachu
ich will Pikachu nicht sehen
keinerlei Bezug zu Pikachu
vermeide jede Ähnlichkeit mit Pikachu
sin rastro de Pikachu
no quiero ver a Pikachu
prohibido mostrar a Pikachu
evita cualquier parecido con Pikachu
"""

WANTED = """
I can't wait to see Pikachu
I can't imagine this without Pikachu
Nobody loves rain like Pikachu
a mouse that keeps Pikachu out of trouble
Pikachu stays away from the fire
Pikachu is not afraid of anything
heroes stop Pikachu
cats and Pikachu
a lake with no boats and Pikachu
no text, no logos. Pikachu runs
without text, Pikachu runs
no one except Pikachu is awake
no people, no cars and Pikachu runs
ピカチュウ以外は誰もいない
ピカチュウがいないと始まらない
ピカチュウなしでは語れない名場面
ピカチュウは動かないように
ピカチュウが消えない炎を吐く
誰もいない駅にピカチュウ
离不开皮卡丘
皮卡丘从不放弃
피카츄 없이는 안 돼
피카츄를 잊지 마
une fête impossible sans Pikachu
Pikachu n'a pas peur
vergiss Pikachu nicht
nicht ohne Pikachu
Pikachu hat keine Angst
nadie ve a Pikachu
"""


def polarities(text: str) -> list[str]:
    return [each.polarity for each in read(text, LEXICON, registry_version=1).mentions]


@pytest.mark.parametrize("text", REFUSED.strip().splitlines())
def test_a_refusal_in_other_words_is_one(text: str) -> None:
    assert polarities(text) == ["negated"]


@pytest.mark.parametrize("text", WANTED.strip().splitlines())
def test_what_only_sounds_like_a_refusal_is_none(text: str) -> None:
    assert polarities(text) == ["affirmed"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a lake. Negative prompt: blur, Pikachu, text", ["negated"], id="a heading"),
        pytest.param(
            "Pikachu at dusk\nnegative prompt: Raichu", ["affirmed", "negated"], id="two lines"
        ),
        pytest.param(
            "Negative prompt: Raichu\nPikachu at dusk", ["negated", "affirmed"], id="until its line"
        ),
        pytest.param("a lake --no text, Pikachu --ar 16:9", ["negated"], id="a flag"),
        pytest.param(
            "a lake --no text --style Pikachu", ["affirmed"], id="the next flag is another matter"
        ),
        pytest.param(
            "negative: blur prompt: Pikachu", ["affirmed"], id="until the heading of what is wanted"
        ),
        pytest.param("ネガティブプロンプト:ぼやけ、文字、ピカチュウ", ["negated"], id="Japanese"),
        pytest.param("负面提示词:模糊,文字,皮卡丘", ["negated"], id="Chinese"),
        pytest.param("네거티브 프롬프트: 흐림, 글자, 피카츄", ["negated"], id="Korean"),
        pytest.param("a photo negative of Pikachu", ["affirmed"], id="a word that is no heading"),
    ],
)
def test_a_part_that_lists_what_is_unwanted_refuses_all_in_it(
    text: str, expected: list[str]
) -> None:
    assert polarities(text) == expected


def test_parts_end_with_the_text_and_follow_one_another() -> None:
    assert unwanted_sections("") == ()
    assert unwanted_sections("avoid: a\nexclude: b") == ((6, 8), (17, 19))
    assert unwanted_sections("avoid:") == ((6, 6),)


def test_a_mention_in_such_a_part_names_its_rule() -> None:
    (mention,) = read("avoid: rain, Pikachu", LEXICON, registry_version=1).mentions

    assert mention.rules[-1] == "negated.section"

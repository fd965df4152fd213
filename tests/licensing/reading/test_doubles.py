"""One name for a studio's figure and for the old tale's, words that are heroes, and styles."""

import pytest

from licensing.reading.lexicon import Lexicon
from licensing.reading.read import read
from licensing.registry.subjects import Ambiguity, Name, Subject, SubjectKind, Trait
from licensing.registry.variants import with_variants

STUDIO = ("Disney", "ディズニー", "迪士尼", "디즈니")
TALE = ("Grimm", "Brothers Grimm", "グリム", "格林", "그림 형제", "그림동화")
JOURNEY = (
    "Journey to the West",
    "西遊記",
    "西游记",
    "서유기",
    "玄奘",
    "唐僧",
    "三蔵法師",
    "삼장법사",
)
BALLS = ("Dragon Ball", "ドラゴンボール", "龙珠", "드래곤볼", "かめはめ波")


def subject(
    subject_id: str,
    texts: dict[str, str],
    *,
    kind: SubjectKind = "character",
    parent: str | None = None,
    ambiguity: Ambiguity = "unique",
    requires: tuple[str, ...] = (),
    excludes: tuple[str, ...] = (),
    traits: tuple[tuple[str, str], ...] = (),
) -> Subject:
    names = tuple(
        Name(text, lang, "official", ambiguity, requires, excludes) for lang, text in texts.items()
    )
    told = tuple(Trait(lang, text) for lang, text in traits)
    return Subject(subject_id, kind, parent, names, traits=told)


SNOW = {"en": "Snow White", "ja": "白雪姫", "zh-Hans": "白雪公主", "ko": "백설공주"}
MONKEY = {"en": "Sun Wukong", "ja": "孫悟空", "zh-Hans": "孙悟空", "ko": "손오공"}
LEXICON = Lexicon.build(
    map(
        with_variants,
        [
            subject("studio-snow", SNOW, ambiguity="name", requires=STUDIO, excludes=TALE),
            subject("tale-snow", SNOW, ambiguity="name", requires=TALE, excludes=STUDIO),
            subject(
                "dwarf",
                {"en": "Grumpkin", "ja": "グランプキン", "zh-Hans": "格鲁普金", "ko": "그럼프킨"},
                parent="studio-snow",
            ),
            subject("saiyan", MONKEY, ambiguity="name", requires=BALLS, excludes=JOURNEY),
            subject("monkey-king", MONKEY, ambiguity="name", requires=JOURNEY, excludes=BALLS),
            subject(
                "hero",
                {"en": "Link", "ja": "リンク", "zh-Hans": "林克", "ko": "링크"},
                ambiguity="common",
                requires=("Zelda", "ゼルダ", "塞尔达", "젤다", "Hyrule", "ハイラル", "海拉鲁"),
            ),
            subject(
                "frost",
                {"en": "Frozen", "ja": "アナと雪の女王", "zh-Hans": "冰雪奇缘", "ko": "겨울왕국"},
                kind="franchise",
                ambiguity="common",
                requires=(*STUDIO, "Elsa", "エルサ", "艾莎", "엘사"),
            ),
            subject(
                "style-studio",
                {"en": "Studio Ghibli", "ja": "ジブリ", "zh-Hans": "吉卜力", "ko": "지브리"},
                kind="style",
            ),
            subject(
                "mouse",
                {"en": "Pikachu", "ja": "ピカチュウ", "zh-Hans": "皮卡丘", "ko": "피카츄"},
            ),
        ],
    )
)


def found(text: str, strength: str = "strong") -> list[tuple[str, str]]:
    mentions = read(text, LEXICON, registry_version=1).mentions
    return [(each.subject_id, each.polarity) for each in mentions if each.strength == strength]


def strong(text: str) -> list[str]:
    return [subject_id for subject_id, polarity in found(text) if polarity == "affirmed"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Disney's Snow White sings", ["studio-snow"], id="en studio"),
        pytest.param("Snow White of the Brothers Grimm, woodcut", ["tale-snow"], id="en tale"),
        pytest.param("Snow White in a glass coffin, oil painting", [], id="en neither"),
        pytest.param("Snow White and Grumpkin dance", ["studio-snow", "dwarf"], id="en relative"),
        pytest.param("snow, white and deep, on the roofs", [], id="en words"),
        pytest.param("ディズニーの白雪姫が歌う", ["studio-snow"], id="ja studio"),
        pytest.param("グリム童話の白雪姫、木版画", ["tale-snow"], id="ja tale"),
        pytest.param("ガラスの棺の白雪姫", [], id="ja neither"),
        pytest.param("白雪姫とグランプキンが踊る", ["studio-snow", "dwarf"], id="ja relative"),
        pytest.param("白雪が姫路城に積もる", [], id="ja words"),
        pytest.param("迪士尼的白雪公主在唱歌", ["studio-snow"], id="zh studio"),
        pytest.param("格林童话里的白雪公主，木刻版画", ["tale-snow"], id="zh tale"),
        pytest.param("玻璃棺材里的白雪公主", [], id="zh neither"),
        pytest.param("白雪公主和格鲁普金跳舞", ["studio-snow", "dwarf"], id="zh relative"),
        pytest.param("白雪覆盖的公主坟", [], id="zh words"),
        pytest.param("디즈니 백설공주가 노래한다", ["studio-snow"], id="ko studio"),
        pytest.param("그림 형제의 백설공주, 목판화", ["tale-snow"], id="ko tale"),
        pytest.param("유리관 속의 백설공주", [], id="ko neither"),
        pytest.param("백설공주와 그럼프킨이 춤춘다", ["studio-snow", "dwarf"], id="ko relative"),
        pytest.param("백설기와 공주 인형", [], id="ko words"),
    ],
)
def test_a_figure_of_a_tale_is_the_studios_only_where_the_prompt_says_so(
    text: str, expected: list[str]
) -> None:
    assert sorted(strong(text)) == sorted(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Sun Wukong from Dragon Ball charges", ["saiyan"], id="en licensed"),
        pytest.param("Sun Wukong, Journey to the West, ink", ["monkey-king"], id="en classic"),
        pytest.param("ドラゴンボールの孫悟空が飛ぶ", ["saiyan"], id="ja licensed"),
        pytest.param("西遊記の孫悟空が雲に乗る", ["monkey-king"], id="ja classic"),
        pytest.param("孫悟空がかめはめ波を撃つ", ["saiyan"], id="ja a word of the work"),
        pytest.param("龙珠里的孙悟空变身", ["saiyan"], id="zh licensed"),
        pytest.param("西游记中的孙悟空大闹天宫", ["monkey-king"], id="zh classic"),
        pytest.param("孫悟空保護唐僧取經", ["monkey-king"], id="zh in the other script"),
        pytest.param("드래곤볼의 손오공", ["saiyan"], id="ko licensed"),
        pytest.param("서유기의 손오공과 삼장법사", ["monkey-king"], id="ko classic"),
        pytest.param("손오공이 구름을 탄다", [], id="ko neither"),
    ],
)
def test_a_classic_and_its_licensed_namesake_are_two_subjects(
    text: str, expected: list[str]
) -> None:
    assert strong(text) == expected


@pytest.mark.parametrize("text", ["Snow White", "白雪姫の絵", "白雪公主的画", "백설공주 그림책"])
def test_a_name_without_evidence_asks_about_both(text: str) -> None:
    assert sorted(subject_id for subject_id, _ in found(text, "weak")) == [
        "studio-snow",
        "tale-snow",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Zelda and Link ride", ["hero"], id="en hero"),
        pytest.param("a link in a chain", [], id="en link"),
        pytest.param("ハイラルを旅するリンク", ["hero"], id="ja hero"),
        pytest.param("スケートリンクで滑る", [], id="ja rink"),
        pytest.param("リンク先のページ", [], id="ja hyperlink"),
        pytest.param("林克在海拉鲁奔跑", ["hero"], id="zh hero"),
        pytest.param("젤다와 링크가 달린다", ["hero"], id="ko hero"),
        pytest.param("기사 링크를 누른다", [], id="ko link"),
        pytest.param("Elsa of Frozen builds a castle", ["frost"], id="en title"),
        pytest.param("a frozen lake", [], id="en ice"),
        pytest.param("ディズニーのアナと雪の女王", ["frost"], id="ja title"),
        pytest.param("穴と雪と女王蜂", [], id="ja words"),
        pytest.param("冰雪奇缘里的艾莎", ["frost"], id="zh title"),
        pytest.param("冰雪里的奇妙缘分", [], id="zh words"),
        pytest.param("겨울왕국의 엘사", ["frost"], id="ko title"),
        pytest.param("겨울, 왕국의 성", [], id="ko words"),
    ],
)
def test_a_word_that_is_also_a_hero_needs_its_world(text: str, expected: list[str]) -> None:
    assert strong(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a town in the style of Studio Ghibli", "style", id="en"),
        pytest.param("Studio Ghibli-style clouds", "style", id="en behind"),
        pytest.param("ジブリ風の草原", "style", id="ja fuu"),
        pytest.param("ジブリっぽい空", "style", id="ja poi"),
        pytest.param("ジブリみたいな町", "style", id="ja mitai"),
        pytest.param("吉卜力风格的天空", "style", id="zh"),
        pytest.param("吉卜力風格的天空", "style", id="zh in the other script"),
        pytest.param("지브리 스타일의 마을", "style", id="ko"),
        pytest.param("지브리풍 마을", "style", id="ko suffix"),
        pytest.param("ears in the style of Pikachu", "style", id="en of a character"),
        pytest.param("ピカチュウ風のケーキ", "style", id="ja of a character"),
        pytest.param("皮卡丘风格的蛋糕", "style", id="zh of a character"),
        pytest.param("피카츄 스타일 케이크", "style", id="ko of a character"),
        pytest.param("Pikachu with style", "exact", id="en not a style"),
        pytest.param("ピカチュウが風に乗る", "exact", id="ja wind"),
        pytest.param("皮卡丘在风中奔跑", "exact", id="zh wind"),
        pytest.param("피카츄가 바람을 탄다", "exact", id="ko wind"),
    ],
)
def test_a_style_is_told_from_the_thing_itself(text: str, expected: str) -> None:
    (mention,) = read(text, LEXICON, registry_version=1).mentions

    assert (mention.evidence, mention.strength) == (expected, "strong")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a town in the style of a watercolour studio", id="en"),
        pytest.param("水彩画風の草原", id="ja"),
        pytest.param("水彩画风格的天空", id="zh"),
        pytest.param("수채화 스타일의 마을", id="ko"),
    ],
)
def test_a_style_that_is_nobodys_is_no_mention(text: str) -> None:
    assert strong(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Snow White, but not Disney's", [], id="en"),
        pytest.param("ディズニーではない白雪姫", [], id="ja"),
        pytest.param("不是迪士尼的白雪公主", [], id="zh"),
        pytest.param("디즈니가 아닌 백설공주", [], id="ko"),
    ],
)
def test_the_studio_named_only_to_refuse_it_is_no_evidence(text: str, expected: list[str]) -> None:
    assert strong(text) == expected

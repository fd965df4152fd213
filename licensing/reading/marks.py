"""How a prompt sets a name off from ordinary words: capitals, quotes, brackets, announcements."""

import re
from dataclasses import dataclass
from typing import Final, Literal

Mark = Literal["marked", "unmarked", "unknown"]

_OPENING: Final = "「『《〈【\"'‘“«#"
_CLOSING: Final = "」』》〉】\"'’”»"
_SENTENCE_START: Final = re.compile(r"(?:^|[.!?:;\n\"“「『(\[-])[\s\"'“‘「『(\[#-]*$")
_LOOK_BACK_CHARS: Final = 12
# A text whose words mostly begin with capitals is a headline: its capitals say nothing.
_HEADLINE_SHARE: Final = 0.7
_WORDS: Final = re.compile(r"[^\W\d_]+")
# The longest announcement, "dessin animé called" and the like, and a quote behind it.
_LONGEST_KIND_CHARS: Final = 32

_KIND_BEFORE: Final = re.compile(
    r"(?:\b(?:characters?|hero|heroine|protagonist|villain|movies?|films?|anime|manga|cartoon|"
    r"comics?|video ?games?|game|series|show|franchise|personnage|película|"
    r"personaje|figur|filme?|dessin animé|character from|characters from|as in)"
    r"(?: (?:called|named|of|from|is|de|von|del|d'))? |"
    r"(?:アニメ|映画|漫画|マンガ|ゲーム|キャラクター|キャラ|主人公|ヒーロー|ヒロイン|作品|シリーズ)の?|"
    r"(?:动画|動畫|电影|電影|动漫|動漫|漫画|漫畫|游戏|遊戲|角色|主角)|"
    r"(?:영화|애니메이션|애니|만화|게임|캐릭터|주인공) ?)[「『《〈\"“'‘]?$",
)
_KIND_AFTER: Final = re.compile(
    r"[」』》〉\"”'’]?(?:'s)?(?:"
    r" (?:character|movie|film|anime|manga|cartoon|franchise|cosplay|fan ?art|fandom|universe|"
    r"trailer|series|video game|plush|figurine)\b|"
    r"の(?:主人公|登場人物|キャラ|アニメ|映画|コスプレ|フィギュア|ぬいぐるみ|主題歌)|という(?:キャラ|作品|アニメ|映画)|シリーズ|"
    r"(?:里|裡|中)的|的(?:主角|角色|cosplay|同人)|(?:系列|动画|電影|电影|动漫)|"
    r" ?(?:의 )?(?:주인공|캐릭터|영화|애니|코스프레|피규어))",
)


@dataclass(frozen=True, slots=True)
class Lettering:
    """A text with what its capitals are worth, judged once for all names in it."""

    text: str
    has_capitals: bool
    is_headline: bool

    @classmethod
    def of(cls, text: str) -> "Lettering":
        """Look at every word's first letter."""
        words = _WORDS.findall(text)
        capitals = sum(word[0].isupper() for word in words)
        return cls(text, capitals > 0, capitals > _HEADLINE_SHARE * len(words))

    def mark(self, start: int, end: int) -> Mark:
        """
        Judge how the original text writes a name at `[start:end]`.

        `unmarked` is a small letter where the prompt knows capitals; `unknown` is a place that
        says nothing, such as the beginning of a sentence or a script without capitals.
        """
        if is_quoted(self.text, start, end):
            return "marked"
        first = self.text[start]
        if first.lower() == first.upper():
            return "unknown"
        if not first.isupper():
            return "unmarked" if self.has_capitals else "unknown"
        low = max(0, start - _LOOK_BACK_CHARS)
        if self.is_headline or _SENTENCE_START.search(self.text, low, start):
            return "unknown"
        return "marked"


def is_quoted(text: str, start: int, end: int) -> bool:
    """Whether a name stands in quotes or brackets of its own, or is a hashtag."""
    before, after = text[start - 1 : start] if start else "", text[end : end + 1]
    if before == "#":
        return True
    return bool(before and after and before in _OPENING and after in _CLOSING)


def is_announced(before: str, after: str) -> bool:
    """Whether a word beside the name, in folded text, says what it is: `the movie X`, Xの主人公."""
    first = max(0, len(before) - _LONGEST_KIND_CHARS)
    return bool(_KIND_BEFORE.search(before, first) or _KIND_AFTER.match(after))

"""Whether a prompt wants a subject's look: "in the style of X", X風, Xっぽい, X风格, X 스타일."""

import re
from typing import Final

_BEFORE: Final = re.compile(
    r"(?:(?:in|with|after) (?:the |a )?"
    r"(?:styles?|manner|looks?|aesthetics?|spirit|vein|feel|vibes?|mood) of|"
    r"look(?:s|ing)? like|reminiscent of|inspired by|modell?ed (?:on|after)|channell?ing|evoking|"
    r"(?:an? )?homage to|类似|類似|模仿|仿|"
    r"style of|styled (?:after|like)|à la|dans le style d[eu]|façon|im stil (?:von|des|der)|"
    r"al estilo de|"
    r"estilo|style|スタイル:|风格:)"
    r"(?: (?:the|a|an))?[ '\"「『《“(\[]*$",
)
_AFTER: Final = re.compile(
    r"['\"」』》”)\]]?(?:'s)?(?:"
    r"-like\b|の(?:世界観|雰囲気|テイスト|絵柄|タッチ)|を(?:イメージ|オマージュ|意識|モチーフ)|"
    r"へのオマージュ|"
    r"[ -](?:art |animation |film |movie |visual )?"
    r"(?:styled?|stil|esque|inspired|aesthetics?|vibes?|looks?|feel)\b|esque\b|ish\b|"
    r"っぽ[いくさ]|ぽい|風(?!呂|邪|景|車|船|鈴|が|を|に吹|の谷)|ふうの|みたいな|みたいに|"
    r"のような|のように|調の|テイスト|スタイル|タッチの|の画風|の作風|"
    r"(?:的)?(?:风格|風格|画风|畫風|式的?|风的|風的)|"
    r" ?(?:스타일|풍의?|느낌|화풍|같은))",
)


def is_style(before: str, after: str) -> bool:
    """Whether a name's surroundings, folded, ask for its style rather than for it."""
    return bool(_BEFORE.search(before) or _AFTER.match(after))

"""Whether a prompt wants a subject's look: "in the style of X", X風, Xっぽい, X风格, X 스타일."""

import re
from typing import Final

_BEFORE: Final = re.compile(
    r"(?:(?:in|with|after) (?:the |a )?(?:style|manner|look|aesthetic|spirit|vein) of|"
    r"style of|styled (?:after|like)|à la|dans le style d[eu]|façon|im stil (?:von|des|der)|"
    r"al estilo de|"
    r"estilo|style|スタイル:|风格:)"
    r"(?: (?:the|a|an))?[ '\"「『《“(\[]*$",
)
_AFTER: Final = re.compile(
    r"['\"」』》”)\]]?(?:'s)?(?:"
    r"[ -](?:art |animation |film |movie |visual )?"
    r"(?:styled?|stil|esque|inspired|aesthetic|vibes?|looks?)\b|esque\b|ish\b|"
    r"っぽ[いくさ]|ぽい|風(?!呂|邪|景|車|船|鈴|が|を|に吹|の谷)|ふうの|みたいな|みたいに|"
    r"のような|のように|調の|テイスト|スタイル|タッチの|の画風|の作風|"
    r"(?:的)?(?:风格|風格|画风|畫風|式的?|风的|風的)|"
    r" ?(?:스타일|풍의?|느낌|화풍|같은))",
)


def is_style(before: str, after: str) -> bool:
    """Whether a name's surroundings, folded, ask for its style rather than for it."""
    return bool(_BEFORE.search(before) or _AFTER.match(after))

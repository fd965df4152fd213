"""
Parts of a prompt that list what shall not be there: "Negative prompt: …", "--no …", ネガティブ: ….

Tools write both prompts into one text. Such a part ends with its line, at the next flag or at the
next heading; everything named in it is unwanted, however long the list is.
"""

import re
from typing import Final

_HEADING: Final = re.compile(
    r"(?:"
    r"\b(?:negative[ _-]?prompts?|neg(?:ative)?s?(?: prompt)?|undesired(?: content)?|"
    r"unwanted|exclusions?|things to avoid|avoid|exclude|omit|do not (?:include|show|use)|"
    r"don't (?:include|show|use)|must not (?:include|contain)|negativ(?:er)? prompt|"
    r"prompt n[ée]gatif|prompt negativo|à éviter|evitar|vermeiden)|"
    r"ネガティブ(?:・?プロンプト|ワード)?|除外(?:ワード|要素|するもの)?|出さないもの|禁止事項|避けるもの|"
    r"(?:负面|反向|负向|負面|反向|負向)(?:提示词|提示詞|提示)?|排除项?|"
    r"(?:네거티브|부정)(?: ?프롬프트)?|제외(?: ?항목)?"
    r")\s?[:：=]\s?|"
    r"(?<!\S)--(?:no|negative|neg|exclude)\s",
    re.IGNORECASE,
)
# A line break, the next flag, or a heading of what is wanted after all.
_END: Final = re.compile(
    r"[\n\r]|\s--[a-z]|\b(?:positive(?: prompt)?|prompt|steps|seed|style|camera|sampler|scene|"
    r"プロンプト|正向提示词|提示词)\s?[:：=]",
    re.IGNORECASE,
)


def unwanted_sections(text: str) -> tuple[tuple[int, int], ...]:
    """Find the parts of an original text, by start and end, in which everything is unwanted."""
    sections: list[tuple[int, int]] = []
    place = 0
    while (heading := _HEADING.search(text, place)) is not None:
        end = _END.search(text, heading.end())
        place = len(text) if end is None else end.start()
        sections.append((heading.end(), place))
        place = max(place, heading.end())
    return tuple(sections)

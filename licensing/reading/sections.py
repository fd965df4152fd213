"""
Parts of a prompt that list what shall not be there: "Negative prompt: …", "--no …", ネガティブ: ….

Tools write both prompts into one text. Such a part ends with its line, at the next flag or at the
next heading; everything named in it is unwanted, however long the list is.
"""

import re
from typing import Final

# What ends a heading, and a flag with its value.
_MARK: Final = re.compile(r"[:：=]|(?<!\S)--(?:no|negative|neg|exclude)(?=\s)", re.IGNORECASE)
_LONGEST_HEADING_CHARS: Final = 32
_HEADING: Final = re.compile(
    r"(?:"
    r"\b(?:negative[ _-]?prompts?|neg(?:ative)?s?(?: prompt)?|undesired(?: content)?|"
    r"unwanted|exclusions?|things to avoid|avoid|exclude|omit|do not (?:include|show|use)|"
    r"don't (?:include|show|use)|must not (?:include|contain)|negativ(?:er)? prompt|"
    r"prompt n[ée]gatif|prompt negativo|à éviter|evitar|vermeiden)|"
    r"ネガティブ(?:・?プロンプト|ワード)?|除外(?:ワード|要素|するもの)?|出さないもの|禁止事項|避けるもの|"
    r"(?:负面|反向|负向|負面|反向|負向)(?:提示词|提示詞|提示)?|排除项?|"
    r"(?:네거티브|부정)(?: ?프롬프트)?|제외(?: ?항목)?"
    r")\s?$",
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
    while (mark := _MARK.search(text, place)) is not None:
        place = mark.end()
        before = text[max(0, mark.start() - _LONGEST_HEADING_CHARS) : mark.start()]
        if mark[0].startswith("--") or _HEADING.search(before):
            end = _END.search(text, mark.end())
            place = len(text) if end is None else end.start()
            sections.append((mark.end(), place))
    return tuple(sections)

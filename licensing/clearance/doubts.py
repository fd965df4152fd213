"""
What a platform may ask the user: whether somebody is meant whom the prompt describes or hints at.

A weak mention never blocks and costs nothing. The answer says where it stands, so that the user
can say who is meant, by name, and the prompt be cleared again; or that nobody is.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

_MOST_DOUBTS: Final = 5


def doubts_of(
    mentions: Iterable[Mapping[str, Any]], found: Iterable[str]
) -> tuple[dict[str, Any], ...]:
    """
    Ask about each subject that is weakly mentioned, the likeliest first.

    `mentions` are the facts of a reading's mentions, without the prompt's words; `found` are the
    subjects that were decided about already.
    """
    decided = set(found)
    likeliest: dict[str, Mapping[str, Any]] = {}
    for mention in sorted(mentions, key=lambda each: (-each["confidence"], each["start"])):
        open_to_doubt = mention["strength"] == "weak" and mention["polarity"] == "affirmed"
        if open_to_doubt and mention["subject"] not in decided:
            likeliest.setdefault(mention["subject"], mention)
    return tuple(_doubt(each) for each in list(likeliest.values())[:_MOST_DOUBTS])


def _doubt(mention: Mapping[str, Any]) -> dict[str, Any]:
    subject = mention["subject"]
    described = mention["evidence"] == "description"
    told = "describes" if described else "hints at"
    told_ja = "の特徴が書かれています" if described else "を指す可能性のある語があります"
    return {
        "code": "name_subject",
        "subject": subject,
        "mention": {"start": mention["start"], "end": mention["end"]},
        "evidence": mention["evidence"],
        "confidence": mention["confidence"],
        "message": f"The prompt {told} {subject!r}. If that is meant, say so by name and clear the "
        "prompt again; if not, nothing is to be done.",
        "message_ja": f"プロンプトに {subject} {told_ja}。"
        "この対象を意図する場合は、名称を明記してもう一度許諾を求めてください。そうでなければ、何もする必要はありません。",
    }

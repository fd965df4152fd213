"""
Ready terms to begin with: what rights holders offer most often, named and explained.

A template is a terms document without whose it is, where and since when. What it says can be
changed before it is published; afterwards nothing changes it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from licensing.registry.terms.offer import Terms
from licensing.registry.terms_nodes import instant_text

_UNWANTED: Final = ["gore", "nudity", "sexual", "hate", "defamation"]
_FAMILY: Final = ["all", "teen"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A kind of offer; `members` are members of a terms document, prices in `{currency}`."""

    id: str
    name: str
    name_ja: str
    summary: str
    summary_ja: str
    members: Mapping[str, Any]


TEMPLATES: Final[Mapping[str, Template]] = {
    template.id: template
    for template in (
        Template(
            id="fan",
            name="Non-commercial fan use",
            name_ja="非営利のファン活動",
            summary="Fans may make short videos for nothing and at once, as long as nobody earns.",
            summary_ja="営利を目的としないファンの短い動画を、無償かつ即時に認めます。",
            # In the manner of the Piapro Character License: without commerce and without
            # consideration, nobody has to ask; contents that hurt the work are left out.
            members={
                "purposes": ["personal"],
                "max_duration_s": 60,
                "audience_ratings": _FAMILY,
                "user_classes": ["individual"],
                "media": ["online", "event"],
                "forbidden_content": [*_UNWANTED, "politics", "religion", "endorsement"],
                "price": {"kind": "free"},
                "approval_required": False,
                "guidelines": [
                    {"lang": "en", "text": "Say that it is fan work, not an official one."},
                    {"lang": "ja", "text": "公式ではなくファン作品であることを明記してください。"},
                ],
            },
        ),
        Template(
            id="indie",
            name="Independent creators",
            name_ja="個人クリエイター",
            summary="Small creators may earn with it, and share a tenth of what they earn.",
            summary_ja="個人クリエイターの収益化を認め、収益の一割を分配します。",
            members={
                "purposes": ["personal", "commercial"],
                "max_duration_s": 180,
                "audience_ratings": _FAMILY,
                "user_classes": ["individual", "creator"],
                "media": ["online", "event", "game"],
                "forbidden_content": [*_UNWANTED, "politics", "endorsement"],
                "quotas": [{"limit": 300, "unit": "uses", "period": "month", "per": "platform"}],
                "price": {
                    "kind": "revenue_share",
                    "share": "1/10",
                    "currency": "{currency}",
                    "base": "net",
                },
                "approval_required": False,
            },
        ),
        Template(
            id="commercial",
            name="Commercial use",
            name_ja="商用利用",
            summary="Companies pay by the second; what is longer than 15 seconds is looked at.",
            summary_ja="企業の利用を秒単位の料金で認め、15秒を超える動画は個別に確認します。",
            members={
                "purposes": ["commercial"],
                "max_duration_s": 300,
                "audience_ratings": _FAMILY,
                "user_classes": ["creator", "company"],
                "forbidden_content": [*_UNWANTED, "tobacco", "gambling", "drugs"],
                "price": {"kind": "per_second", "amount": "10", "currency": "{currency}"},
                "approval_required": True,
                "approval": {"answer_within_hours": 336, "automatic": {"max_duration_s": 15}},
                "revocation": {"effect": "stop_distribution_by", "notice_days": 90},
            },
        ),
        Template(
            id="press",
            name="Press and parody, after review",
            name_ja="報道・パロディ（事前確認）",
            summary="Reporting and parody cost nothing; somebody looks at each within three days.",
            summary_ja="報道やパロディを無償で認め、三日以内に一件ずつ確認します。",
            members={
                "purposes": ["personal", "commercial"],
                "max_duration_s": 120,
                "audience_ratings": ["all", "teen", "mature"],
                "user_classes": ["individual", "creator", "press", "education"],
                "forbidden_content": ["sexual", "hate", "defamation", "endorsement"],
                "price": {"kind": "free"},
                "approval_required": True,
                "approval": {"answer_within_hours": 72},
            },
        ),
        Template(
            id="closed",
            name="Closed",
            name_ja="許諾しない",
            summary="Nothing may be made. Better than silence: everybody is told.",
            summary_ja="いかなる制作も認めません。意思を明示することで、利用者にも伝わります。",
            members={
                "purposes": ["personal"],
                "max_duration_s": 1,
                "audience_ratings": ["all"],
                "price": {"kind": "free"},
                "approval_required": True,
                "licensees": [],
            },
        ),
    )
}


def terms_of(
    template: Template,
    *,
    terms_id: str,
    subject_id: str,
    licensor_id: str,
    territories: Iterable[str],
    currency: str,
    valid_from: datetime,
) -> Terms:
    """
    Make the first version of terms out of a template.

    Raises `RegistryMalformed` for a territory or currency that is none.
    """
    document = {
        **{name: _priced(member, currency) for name, member in template.members.items()},
        "id": terms_id,
        "subject": subject_id,
        "licensor": licensor_id,
        "version": 1,
        "territories": list(territories),
        "valid_from": instant_text(valid_from),
        "valid_until": None,
    }
    return Terms.from_document(document)


def _priced(member: object, currency: str) -> object:
    if isinstance(member, dict) and member.get("currency") == "{currency}":
        return {**member, "currency": currency}
    return member

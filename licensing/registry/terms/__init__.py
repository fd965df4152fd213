"""Terms: what a licensor offers for a subject, as values that answer a use with reasons."""

from licensing.clearance.reasons import Refusal
from licensing.registry.terms.approval import Approval, Automatic
from licensing.registry.terms.combinations import Combinations
from licensing.registry.terms.commitments import Advance, MinimumGuarantee
from licensing.registry.terms.conditions import (
    AudienceRatings,
    Channels,
    Content,
    Embargo,
    Guideline,
    MaxDuration,
    MaxLines,
    Media,
    Purposes,
    Sunset,
    Territories,
    UserClasses,
    Validity,
)
from licensing.registry.terms.exclusivity import Exclusive
from licensing.registry.terms.offer import Terms
from licensing.registry.terms.pricing import (
    Flat,
    LengthTier,
    PerSecond,
    PerView,
    Price,
    RevenueShare,
    RevenueTier,
    Tiered,
    fee_for,
    price_from_document,
    price_to_document,
)
from licensing.registry.terms.quotas import Quota
from licensing.registry.terms.revocation import Revocation

__all__ = [
    "Advance",
    "Approval",
    "AudienceRatings",
    "Automatic",
    "Channels",
    "Combinations",
    "Content",
    "Embargo",
    "Exclusive",
    "Flat",
    "Guideline",
    "LengthTier",
    "MaxDuration",
    "MaxLines",
    "Media",
    "MinimumGuarantee",
    "PerSecond",
    "PerView",
    "Price",
    "Purposes",
    "Quota",
    "Refusal",
    "RevenueShare",
    "RevenueTier",
    "Revocation",
    "Sunset",
    "Terms",
    "Territories",
    "Tiered",
    "UserClasses",
    "Validity",
    "fee_for",
    "price_from_document",
    "price_to_document",
]

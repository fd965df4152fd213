"""What was found out about one subject that a prompt refers to, as an outcome with reasons."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, cast

from licensing.clearance.reasons import Refusal
from licensing.money import Money
from licensing.registry.nodes import Node
from licensing.registry.terms import Price, price_from_document, price_to_document

Outcome = Literal[
    "denied",
    "unknown_rights",
    "conflict",
    "stale",
    "needs_change",
    "needs_approval",
    "needs_payment",
    "granted_priced",
    "granted_free",
    "not_referenced",
]

# Worst first: a decision is as bad as its worst finding, a finding as its worst reason.
OUTCOMES: Final[tuple[Outcome, ...]] = (
    *("denied", "unknown_rights", "conflict", "stale", "needs_change"),
    *("needs_approval", "needs_payment", "granted_priced", "granted_free", "not_referenced"),
)
_RANK: Final[Mapping[Outcome, int]] = {outcome: rank for rank, outcome in enumerate(OUTCOMES)}

# The generation may go ahead: these alone carry a licence token.
GRANTED: Final[frozenset[Outcome]] = frozenset({"granted_priced", "granted_free", "not_referenced"})

# A price is stated where paying it is all that is missing, or where only the licensor is.
PRICED: Final[frozenset[Outcome]] = frozenset(
    {"needs_approval", "needs_payment", "granted_priced"},
)


def rank(outcome: Outcome) -> int:
    """Place an outcome in the order from the worst (0) to the most permissive."""
    return _RANK[outcome]


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """Meet of all outcomes; of none: nothing is referenced."""
    return min(outcomes, key=rank, default="not_referenced")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Where a subject is mentioned: code points `start` to `end` of the original prompt."""

    start: int
    end: int
    surface: str

    def to_json(self) -> dict[str, Any]:
        """Give the span as it stands in a finding."""
        return {"start": self.start, "end": self.end, "surface": self.surface}


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedTerms:
    """
    The version of an offer that was weighed, with all that is needed to charge under it later.

    Terms may be withdrawn while a video is made: it is still charged by what it was cleared for.
    `stack_cap` is the most that the licensor's subjects cost together, if all their terms say so.
    `grant_id` names the grant by which another `price` than that of the terms was agreed on.
    """

    id: str
    sha256: str
    licensor_id: str
    price: Price
    stack_cap: Money | None = None
    grant_id: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Give the terms as they stand in a finding; `from_json` reads them back."""
        document: dict[str, Any] = {
            "id": self.id,
            "sha256": self.sha256,
            "licensor": self.licensor_id,
            "price": price_to_document(self.price),
        }
        if self.stack_cap is not None:
            document["stack_cap"] = money_to_json(self.stack_cap)
        if self.grant_id is not None:
            document["grant"] = self.grant_id
        return document

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "CitedTerms":
        """Rebuild what `to_json` wrote."""
        return cls(
            id=document["id"],
            sha256=document["sha256"],
            licensor_id=document["licensor"],
            price=price_from_document(Node(document["price"], "terms.price")),
            stack_cap=money_from_json(document.get("stack_cap")),
            grant_id=document.get("grant"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """
    The answer for one subject, whichever way and how often the prompt mentions it.

    `terms` is the offer that was weighed, also when it refuses; `price` is its fee for the use,
    None when it is free or cannot be had. `parents` are the offers above it that were weighed as
    well: they have a say, and no fee. `declarations` are the digests of the documents that were
    heard about the subject, published elsewhere.
    """

    subject_id: str
    mention: Span
    outcome: Outcome
    reasons: tuple[Refusal, ...] = ()
    terms: CitedTerms | None = None
    price: Money | None = None
    declarations: tuple[str, ...] = ()
    parents: tuple[CitedTerms, ...] = ()

    @property
    def rests_on(self) -> tuple[CitedTerms, ...]:
        """Every version of terms that the answer rests on, the one that is paid under first."""
        return (self.terms, *self.parents) if self.terms is not None else self.parents

    @property
    def terms_id(self) -> str | None:
        """Id of the terms that were weighed."""
        return self.terms.id if self.terms is not None else None

    @property
    def terms_sha256(self) -> str | None:
        """Digest of the terms that were weighed."""
        return self.terms.sha256 if self.terms is not None else None

    def to_json(self) -> dict[str, Any]:
        """
        Give the finding as it stands in a decision; `from_json` reads it back.

        What there is none of is left out, so that older decisions keep their digest.
        """
        document: dict[str, Any] = {
            "subject": self.subject_id,
            "mention": self.mention.to_json(),
            "outcome": self.outcome,
            "reasons": [reason.to_json() for reason in self.reasons],
            "terms": self.terms.to_json() if self.terms is not None else None,
            "price": money_to_json(self.price),
        }
        if self.declarations:
            document["declarations"] = list(self.declarations)
        if self.parents:
            document["parents"] = [terms.to_json() for terms in self.parents]
        return document

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Finding":
        """Rebuild what `to_json` wrote."""
        terms = document["terms"]
        return cls(
            subject_id=document["subject"],
            mention=Span(**document["mention"]),
            outcome=cast("Outcome", document["outcome"]),
            reasons=tuple(Refusal.from_json(reason) for reason in document["reasons"]),
            terms=CitedTerms.from_json(terms) if terms is not None else None,
            price=money_from_json(document["price"]),
            declarations=tuple(document.get("declarations", ())),
            parents=tuple(CitedTerms.from_json(each) for each in document.get("parents", ())),
        )


def money_to_json(money: Money | None) -> dict[str, Any] | None:
    """Write an amount with its currency beside it."""
    if money is None:
        return None
    return {"amount_micros": money.amount_micros, "currency": money.currency}


def money_from_json(document: Mapping[str, Any] | None) -> Money | None:
    """Rebuild what `money_to_json` wrote."""
    return Money(**document) if document is not None else None

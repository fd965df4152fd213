"""
An approval: one licensor's answer to one use, and the talk that leads to it.

    requested ──▶ granted · conditional · declined · lapsed · withdrawn
        └──▶ countered ◀──▶ countered by the other side ──▶ granted (accepted) · declined · …

Silence is refusal: when the clock ends, whoever's turn it was, the approval lapses. Each
counter-offer starts the clock anew, and there are at most `MOST_MOVES` of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal, cast

from licensing.clearance.agreement_errors import AnswerMalformed, ApprovalClosed, NotYourTurn
from licensing.clearance.codes import AUDIENCE_RATINGS, MAX_DURATION_MS, AudienceRating
from licensing.clearance.use import Use
from licensing.errors import RegistryMalformed
from licensing.registry.nodes import Node
from licensing.registry.terms import Price, price_from_document, price_to_document
from licensing.registry.terms_nodes import whole_number, word

Side = Literal["licensor", "platform"]
Verb = Literal["grant", "condition", "counter", "decline", "accept", "withdraw"]
Status = Literal[
    "requested", "countered", "granted", "conditional", "declined", "lapsed", "withdrawn"
]

OPEN: Final[frozenset[str]] = frozenset({"requested", "countered"})
MOST_MOVES: Final = 20
MAX_NOTE_CHARS: Final = 1000

_VERBS: Final[Mapping[Side, frozenset[Verb]]] = {
    "licensor": frozenset({"grant", "condition", "counter", "decline", "accept"}),
    "platform": frozenset({"counter", "accept", "withdraw"}),
}
_ENDS: Final[Mapping[Verb, Status]] = {
    "grant": "granted",
    "accept": "granted",
    "condition": "conditional",
    "decline": "declined",
    "withdraw": "withdrawn",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowing:
    """
    What a use is narrowed to: None leaves it as it was asked.

    `change` is what must be different in the prompt, in the licensor's words: nobody but the
    licensor can tell whether it was done.
    """

    max_duration_ms: int | None = None
    audience_rating: AudienceRating | None = None
    change: str | None = None

    def unmet(self, use: Use) -> str | None:
        """Say what keeps a use from being narrow enough; None when nothing does."""
        if self.max_duration_ms is not None and use.duration_ms > self.max_duration_ms:
            return f"at most {self.max_duration_ms / 1000:g} s are allowed"
        if self.audience_rating is not None and _above(use.audience_rating, self.audience_rating):
            return f"the audience rating must be {self.audience_rating} or milder"
        return None

    def apply(self, use: Use) -> Use:
        """Narrow a use as far as it is wider."""
        duration_ms = min(use.duration_ms, self.max_duration_ms or use.duration_ms)
        rating = self.audience_rating
        if rating is None or not _above(use.audience_rating, rating):
            rating = use.audience_rating
        return replace(use, duration_ms=duration_ms, audience_rating=rating)

    def to_json(self) -> dict[str, Any]:
        """Give the narrowing as it stands in an answer; `narrowing_from` reads it back."""
        found = {
            "max_duration_ms": self.max_duration_ms,
            "audience_rating": self.audience_rating,
            "change": self.change,
        }
        return {name: value for name, value in found.items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterOffer:
    """Another price than that of the terms, for a use that may be narrower."""

    price: Price
    narrowing: Narrowing = Narrowing()

    def to_json(self) -> dict[str, Any]:
        """Give the offer as it stands in an answer; `counter_from` reads it back."""
        return {"price": price_to_document(self.price), **self.narrowing.to_json()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one side says: a verb with what belongs to it, and a note for the other side."""

    verb: Verb
    conditions: Narrowing | None = None
    offer: CounterOffer | None = None
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """Give the answer as it is kept among the moves; `answer_from` reads it back."""
        document: dict[str, Any] = {"answer": self.verb}
        if self.conditions is not None:
            document["conditions"] = self.conditions.to_json()
        if self.offer is not None:
            document["offer"] = self.offer.to_json()
        if self.note:
            document["note"] = self.note
        return document


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """
    One licensor's part in one clearance, as it stands.

    `turn` is who has to answer, `due_at` until when, `clock` how long each side has. `terms` are
    the pairs of id and digest that the licensor is asked about. `last` is the last answer given.
    """

    id: str
    clearance_id: str
    platform_id: str
    licensor_id: str
    delegates: frozenset[str]
    terms: tuple[tuple[str, str], ...]
    status: Status
    turn: Side
    clock: timedelta
    due_at: datetime
    moves: int
    last: Answer | None
    created_at: datetime
    answered_at: datetime | None = None
    used_by: str | None = None

    def side_of(self, tenant_id: str) -> Side | None:
        """Tell for which side a tenant speaks; None for a stranger."""
        if tenant_id == self.platform_id:
            return "platform"
        if tenant_id == self.licensor_id or tenant_id in self.delegates:
            return "licensor"
        return None


def answered(approval: Approval, side: Side, answer: Answer, at: datetime) -> Approval:
    """
    Let one side answer.

    Raises `ApprovalClosed`, also when the clock has ended, `NotYourTurn`, or `AnswerMalformed`.
    """
    if approval.status not in OPEN:
        raise ApprovalClosed(approval.id, approval.status)
    if at >= approval.due_at:
        raise ApprovalClosed(approval.id, "lapsed")
    _check(approval, side, answer)
    moved = replace(approval, moves=approval.moves + 1, last=answer, answered_at=at)
    if answer.verb == "counter":
        other: Side = "platform" if side == "licensor" else "licensor"
        return replace(moved, status="countered", turn=other, due_at=at + approval.clock)
    # What was offered is kept as the last word: accepting it adds nothing of its own.
    accepted = approval.last.offer if answer.verb == "accept" and approval.last else answer.offer
    return replace(moved, status=_ENDS[answer.verb], last=replace(answer, offer=accepted))


def is_repeated(approval: Approval, side: Side, answer: Answer) -> bool:
    """Tell whether this side gave this very answer last: a retry, which changes nothing."""
    if approval.status in OPEN and approval.turn == side:
        return False
    last = approval.last
    if last is not None and last.verb == "accept":
        # An accepted offer is kept with the acceptance.
        last = replace(last, offer=None)
    return last == answer


def _check(approval: Approval, side: Side, answer: Answer) -> None:
    """Refuse what this side may not say now."""
    if answer.verb not in _VERBS[side]:
        raise AnswerMalformed("answer", f"a {side} cannot {answer.verb}")
    # Who asks may always stop asking.
    if answer.verb != "withdraw" and approval.turn != side:
        raise NotYourTurn(approval.id, approval.turn)
    if answer.verb == "accept" and approval.status != "countered":
        raise AnswerMalformed("answer", "there is no offer to accept; grant or decline")
    if answer.verb == "grant" and approval.status == "countered":
        raise AnswerMalformed("answer", "there is an offer: accept it, make another or decline")
    if (answer.verb == "counter") != (answer.offer is not None):
        raise AnswerMalformed("offer", "belongs to the answer counter, and to no other")
    if (answer.verb == "condition") != (answer.conditions is not None):
        raise AnswerMalformed("conditions", "belong to the answer condition, and to no other")
    if answer.conditions == Narrowing():
        raise AnswerMalformed("conditions", "must name at least one")
    if answer.verb == "counter" and approval.moves >= MOST_MOVES:
        raise AnswerMalformed("answer", f"after {MOST_MOVES} answers accept or end it")


def answer_from(document: object) -> Answer:
    """Read an answer as `to_json` writes it. Raises `AnswerMalformed`."""
    try:
        members = Node(document, "answer").members(
            required=("answer",),
            optional=("conditions", "offer", "note"),
        )
        conditions, offer, note = (members.get(name) for name in ("conditions", "offer", "note"))
        verbs = cast("tuple[Verb, ...]", tuple(dict.fromkeys((*_ENDS, "counter"))))
        return Answer(
            verb=cast("Verb", word(members["answer"], verbs)),
            conditions=_narrowing(conditions) if conditions is not None else None,
            offer=_counter(offer) if offer is not None else None,
            note=_note(note) if note is not None else "",
        )
    except RegistryMalformed as malformed:
        raise AnswerMalformed(malformed.where, malformed.problem) from malformed


def _narrowing(node: Node) -> Narrowing:
    return _narrowing_of(node.members(required=(), optional=_NARROWS))


_NARROWS: Final = ("max_duration_ms", "audience_rating", "change")


def _narrowing_of(members: Mapping[str, Node]) -> Narrowing:
    limit, rating, change = (members.get(name) for name in _NARROWS)
    return Narrowing(
        max_duration_ms=whole_number(limit, most=MAX_DURATION_MS) if limit is not None else None,
        audience_rating=(
            cast("AudienceRating", word(rating, AUDIENCE_RATINGS)) if rating is not None else None
        ),
        change=_note(change) if change is not None else None,
    )


def _counter(node: Node) -> CounterOffer:
    members = node.members(required=("price",), optional=_NARROWS[:2])
    return CounterOffer(
        price=price_from_document(members["price"]),
        narrowing=_narrowing_of(members),
    )


def _note(node: Node) -> str:
    return node.text(max_chars=MAX_NOTE_CHARS)


def _above(rating: AudienceRating, limit: AudienceRating) -> bool:
    return AUDIENCE_RATINGS.index(rating) > AUDIENCE_RATINGS.index(limit)

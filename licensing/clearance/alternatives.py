"""
What could be made instead: every refusal comes with other ways, each decided and priced.

In the order of how much is kept of what was asked for: the same prompt in another use; another
character of the franchise; the prompt without what is refused; a subject that nobody owns any more;
asking the owners. Every way but the last was decided like a request, at the same moment, so that
what is offered here would be granted. The number of decisions is bounded, whatever the registry.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final, Literal, get_args

from licensing.clearance.decision import Decision, Place, decide_on
from licensing.clearance.finding import GRANTED, Finding, Outcome, money_to_json
from licensing.clearance.layers import still_owned
from licensing.clearance.question import Question
from licensing.clearance.repairs import Repair, repairs
from licensing.clearance.use import Use
from licensing.money import Money
from licensing.registry.snapshot import RegistrySnapshot
from licensing.registry.subjects import Subject

AlternativeKind = Literal["change_use", "replace", "remove", "public_domain", "ask_owner"]
KINDS: Final[tuple[AlternativeKind, ...]] = get_args(AlternativeKind)

MAX_ALTERNATIVES: Final = 6
# How many of each kind are shown, and how many are tried for it.
_SHOWN: Final = 2
_TRIED: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """
    One other way: `use` instead of the use that was asked for, `replaced` and `removed` subjects.

    `outcome` and `price` are what a request for it gets. To ask the owners changes nothing:
    `licensors` are whom to ask, and `outcome` is that of the refusal.
    """

    kind: AlternativeKind
    outcome: Outcome
    message: str
    message_ja: str
    price: Money | None = None
    use: Use | None = None
    replaced: tuple[tuple[str, str], ...] = ()
    removed: tuple[str, ...] = ()
    licensors: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Give the alternative as the API shows it; what it does not change is left out."""
        document: dict[str, Any] = {
            "kind": self.kind,
            "outcome": self.outcome,
            "message": self.message,
            "message_ja": self.message_ja,
        }
        if self.price is not None:
            document["price"] = money_to_json(self.price)
        if self.use is not None:
            document["use"] = self.use.to_json()
        if self.replaced:
            document["replace"] = [{"subject": old, "by": new} for old, new in self.replaced]
        if self.removed:
            document["remove"] = list(self.removed)
        if self.licensors:
            document["licensors"] = list(self.licensors)
        return document


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """The request that was refused, and what it is decided with."""

    decision: Decision
    snapshot: RegistrySnapshot
    at: datetime
    platform_id: str | None
    budget: Money | None

    @property
    def places(self) -> list[Place]:
        return [(finding.subject_id, finding.mention) for finding in self.decision.findings]

    def decided(self, places: Sequence[Place], use: Use | None = None) -> Decision | None:
        """Decide on another way; None when it is refused as well, or dearer than the budget."""
        decision = decide_on(
            places,
            use or self.decision.use,
            self.snapshot,
            at=self.at,
            platform_id=self.platform_id,
        )
        price = decision.price
        dear = (
            self.budget is not None
            and price is not None
            and (
                price.currency != self.budget.currency
                or price.amount_micros > self.budget.amount_micros
            )
        )
        return decision if decision.outcome in GRANTED and not dear else None


def suggest(
    decision: Decision,
    snapshot: RegistrySnapshot,
    *,
    at: datetime,
    platform_id: str | None = None,
    budget: Money | None = None,
) -> tuple[Alternative, ...]:
    """
    Find other ways for a request that was not granted; none for one that was.

    A platform that must not be served is offered nothing.
    """
    if decision.outcome in GRANTED or decision.reasons:
        return ()
    asked = _Asked(
        decision=decision, snapshot=snapshot, at=at, platform_id=platform_id, budget=budget
    )
    found = (
        *_other_uses(asked),
        *_replaced(asked, "replace"),
        *_removed(asked),
        *_replaced(asked, "public_domain"),
        *_owners(asked),
    )
    return found[:MAX_ALTERNATIVES]


def _other_uses(asked: _Asked) -> list[Alternative]:
    """Repair the use, so that no reason is left that a use can do without."""
    ways = (
        _repaired(repair, decided)
        for repair in islice(repairs(asked.decision, asked.snapshot, asked.budget), _TRIED)
        if (decided := asked.decided(asked.places, repair.use)) is not None
    )
    return sorted(islice(ways, _SHOWN), key=_by_price)


def _repaired(repair: Repair, decided: Decision) -> Alternative:
    return Alternative(
        kind="change_use",
        outcome=decided.outcome,
        price=decided.price,
        use=repair.use,
        message=f"the same, {repair.message}",
        message_ja=f"同じ内容で、{repair.message_ja}",
    )


def _replaced(asked: _Asked, kind: Literal["replace", "public_domain"]) -> list[Alternative]:
    """Put another subject in the place of what is refused: of the same franchise, or nobody's."""
    refused = _refused(asked.decision)
    if len(refused) != 1:
        return []
    old = asked.snapshot.subjects.get(refused[0].subject_id)
    if old is None:
        return []
    mentioned = {finding.subject_id for finding in asked.decision.findings}
    candidates = _siblings(old, asked) if kind == "replace" else _nobodys(old, asked)
    others = (subject_id for subject_id in candidates if subject_id not in mentioned)
    ways = (
        _exchange(kind, old, asked.snapshot.subjects[new_id], decided)
        for new_id in islice(others, _TRIED)
        if (decided := asked.decided(_exchanged(asked.places, old.id, new_id))) is not None
    )
    return sorted(islice(ways, _SHOWN), key=_by_price)


def _siblings(subject: Subject, asked: _Asked) -> Iterable[str]:
    if subject.parent_id is None:
        return ()
    family = asked.snapshot.children[subject.parent_id]
    return (other for other in family if asked.snapshot.subjects[other].kind == subject.kind)


def _nobodys(subject: Subject, asked: _Asked) -> Iterator[str]:
    """Name what is in the public domain there: with a tag in common first, then of its kind."""
    territory = asked.decision.use.territory
    seen = set()
    for word in (*sorted(subject.tags), f"kind:{subject.kind}"):
        for other in islice(asked.snapshot.free_by_tag.get(word, ()), 10 * _TRIED):
            free = asked.snapshot.subjects[other].public_domain or ()
            if other not in seen and territory in free:
                seen.add(other)
                yield other


def _exchanged(places: Sequence[Place], old_id: str, new_id: str) -> list[Place]:
    return [(new_id if subject_id == old_id else subject_id, span) for subject_id, span in places]


def _exchange(kind: AlternativeKind, old: Subject, new: Subject, decided: Decision) -> Alternative:
    return Alternative(
        kind=kind,
        outcome=decided.outcome,
        price=decided.price,
        replaced=((old.id, new.id),),
        message=f"{new.display_name()} instead of {old.display_name()}",
        message_ja=f"{old.display_name('ja')} の代わりに {new.display_name('ja')}",
    )


def _removed(asked: _Asked) -> list[Alternative]:
    """Leave out what is refused."""
    refused = {finding.subject_id for finding in _refused(asked.decision)}
    decided = asked.decided([place for place in asked.places if place[0] not in refused])
    if not refused or decided is None:
        return []
    subjects = [asked.snapshot.subjects.get(subject_id) for subject_id in sorted(refused)]
    known = [subject for subject in subjects if subject is not None]
    names = ", ".join(subject.display_name() for subject in known)
    names_ja = "、".join(subject.display_name("ja") for subject in known)
    return [
        Alternative(
            kind="remove",
            outcome=decided.outcome,
            price=decided.price,
            removed=tuple(sorted(refused)),
            message=f"without {names}, in words of your own",
            message_ja=f"{names_ja} を使わず、独自の表現で",
        ),
    ]


def _owners(asked: _Asked) -> list[Alternative]:
    """Name whom to ask, where an owner could permit what is refused."""
    owners: set[str] = set()
    for finding in _refused(asked.decision):
        if not any(reason.code.startswith("subject.") for reason in finding.reasons):
            owners |= _owners_of(finding, asked)
    # Whoever waits for an approval has asked already.
    if not owners or asked.decision.outcome == "needs_approval":
        return []
    return [
        Alternative(
            kind="ask_owner",
            outcome=asked.decision.outcome,
            licensors=tuple(sorted(owners)),
            message=f"ask the owners: {', '.join(sorted(owners))}",
            message_ja=f"権利者に問い合わせる：{'、'.join(sorted(owners))}",
        ),
    ]


def _owners_of(finding: Finding, asked: _Asked) -> frozenset[str]:
    if finding.subject_id not in asked.snapshot.subjects:
        return frozenset()
    lineage = asked.snapshot.ancestors(finding.subject_id)
    question = Question(
        use=asked.decision.use,
        at=asked.at,
        snapshot=asked.snapshot,
        platform_id=asked.platform_id,
        lineages={},
    )
    return question.owners_in(still_owned(lineage, question))


def _refused(decision: Decision) -> list[Finding]:
    return [finding for finding in decision.findings if finding.outcome not in GRANTED]


def _by_price(alternative: Alternative) -> tuple[str, int]:
    price = alternative.price
    return ("", 0) if price is None else (price.currency, price.amount_micros)

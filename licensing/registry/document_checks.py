"""What only a whole registry document can show: references, circles, shares above the whole."""

from collections.abc import Iterable
from fractions import Fraction
from itertools import product

from licensing.clearance.codes import PURPOSES
from licensing.errors import RegistryMalformed
from licensing.registry.owners import Mandate, Share
from licensing.registry.subjects import Subject
from licensing.registry.terms import Terms


def check_distinct(member: str, ids: Iterable[str]) -> frozenset[str]:
    """Refuse an id that is used twice; give all ids."""
    seen: set[str] = set()
    for index, entry_id in enumerate(ids):
        if entry_id in seen:
            raise RegistryMalformed(f"{member}[{index}].id", f"{entry_id!r} is used twice")
        seen.add(entry_id)
    return frozenset(seen)


def check_entries(
    member: str,
    entries: Iterable[Share | Terms],
    subjects: frozenset[str],
    licensors: frozenset[str],
) -> None:
    """Refuse shares and terms that speak of nothing, or are nobody's."""
    for index, entry in enumerate(entries):
        _known(f"{member}[{index}].subject", "subject", entry.subject_id, subjects)
        _known(f"{member}[{index}].licensor", "licensor", entry.licensor_id, licensors)


def check_mandates(
    mandates: Iterable[Mandate], subjects: frozenset[str], licensors: frozenset[str]
) -> None:
    """Refuse mandates of nobody, or for nothing."""
    for index, mandate in enumerate(mandates):
        _known(f"mandates[{index}].agent", "licensor", mandate.agent_id, licensors)
        _known(f"mandates[{index}].holder", "licensor", mandate.holder_id, licensors)
        for subject_id in sorted(mandate.subjects or ()):
            _known(f"mandates[{index}].subjects", "subject", subject_id, subjects)


def check_parents(subjects: tuple[Subject, ...]) -> None:
    """Refuse parents that are not there, and circles of them."""
    parents = {subject.id: subject.parent_id for subject in subjects}
    for index, subject in enumerate(subjects):
        if subject.parent_id is not None:
            _known(f"subjects[{index}].parent", "subject", subject.parent_id, parents)
    rooted: set[str] = set()  # Subjects whose way up is known to end.
    for index, subject in enumerate(subjects):
        path: set[str] = set()
        current: str | None = subject.id
        while current is not None and current not in rooted:
            if current in path:
                problem = f"the parents of {subject.id!r} form a circle"
                raise RegistryMalformed(f"subjects[{index}].parent", problem)
            path.add(current)
            current = parents[current]
        rooted |= path


def check_shares(ownership: tuple[Share, ...]) -> None:
    """Refuse a second share where a licensor has one, and shares that sum above the whole."""
    by_subject: dict[str, list[Share]] = {}
    for index, share in enumerate(ownership):
        where = f"ownership[{index}]"
        known = by_subject.setdefault(share.subject_id, [])
        if any(other.licensor_id == share.licensor_id and other.meets(share) for other in known):
            problem = f"{share.licensor_id!r} already has a share of {share.subject_id!r}"
            raise RegistryMalformed(where, problem)
        known.append(share)
        total = _largest_total(share, known)
        if total > 1:
            problem = f"the shares of {share.subject_id!r} sum to {total}, above the whole"
            raise RegistryMalformed(f"{where}.share", problem)


def _largest_total(new: Share, shares: list[Share]) -> Fraction:
    """Sum the shares at every place and purpose that the new one covers; give the largest sum."""
    # A territory that nobody names behaves like every other that nobody names.
    named = {territory for share in shares for territory in share.territories or ()}
    places = new.territories if new.territories is not None else named | {""}
    purposes = new.purposes if new.purposes is not None else PURPOSES
    return max(
        sum((share.share for share in shares if share.covers(place, purpose)), Fraction(0))
        for place, purpose in product(places, purposes)
    )


def _known(where: str, kind: str, entry_id: str, ids: Iterable[str]) -> None:
    if entry_id not in ids:
        problem = f"no {kind} of this document has the id {entry_id!r}"
        raise RegistryMalformed(where, problem)

"""
May these terms be published? Two questions that their content alone cannot answer.

Whoever publishes owns a share of the subject, or is the agent of an owner with the power to
license it. And nothing is promised exclusively to two platforms.
"""

from collections.abc import Iterable

from licensing.errors import ExclusivityTaken, MandateInsufficient
from licensing.registry.snapshot import RegistrySnapshot
from licensing.registry.terms import Exclusive, Terms
from licensing.registry.terms.exclusivity import collisions


def check_publication(new: Iterable[Terms], snapshot: RegistrySnapshot) -> None:
    """
    Check terms that are to become active against the registry they come into.

    `snapshot` has their subjects, owners and mandates, and the terms that are active already.
    Raises `MandateInsufficient`, `ExclusivityTaken`, and `UnknownSubject`.
    """
    terms = list(new)
    for offer in terms:
        _check_right(offer, snapshot)
    _check_promises(terms, snapshot)


def _check_right(offer: Terms, snapshot: RegistrySnapshot) -> None:
    lineage = tuple(subject.id for subject in snapshot.ancestors(offer.subject_id))
    owned = next((shares for each in lineage if (shares := snapshot.shares.get(each))), ())
    owners = {share.licensor_id for share in owned}
    # Of what nobody is known to own, nobody is refused: no clearance is granted on it either.
    if not owners or offer.licensor_id in owners:
        return
    for mandate in snapshot.mandates.get(offer.licensor_id, ()):
        if (
            mandate.holder_id in owners
            and "license" in mandate.powers
            and mandate.covers_subject(lineage)
        ):
            return
    raise MandateInsufficient(offer.id, offer.licensor_id, offer.subject_id)


def _check_promises(terms: list[Terms], snapshot: RegistrySnapshot) -> None:
    promised = [promise for offer in terms if (promise := offer.promise) is not None]
    if not promised:
        return
    known = [
        promise
        for subject_id in sorted(snapshot.promises)
        for promise in snapshot.promises[subject_id]
    ]
    new = {promise.source for promise in promised}
    for earlier, later in collisions(
        (promise, _lineage(promise, snapshot)) for promise in [*known, *promised]
    ):
        if later.source in new:
            raise ExclusivityTaken(later.source, earlier.source)


def _lineage(promise: Exclusive, snapshot: RegistrySnapshot) -> tuple[str, ...]:
    return tuple(subject.id for subject in snapshot.ancestors(promise.subject_id))

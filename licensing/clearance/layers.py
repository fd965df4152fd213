"""
The layers above all terms: law and safety, who asks, whose it is, and what is promised to others.

A decision goes through its layers in this order, and collects the reasons of all of them:

1. here: people who must not be shown, platforms that must not be served;
2. here: subjects that nobody may license, owners unknown or in conflict;
3. reservations that owners published in another standard;
4. here: uses that are promised to another platform;
5. the offer (`offers.py`): companions, place, purpose, people, media, time, content, quotas, price,
   approval.

Money is held afterwards, and may still turn a grant into a request for payment.
"""

from collections.abc import Iterator, Sequence

from licensing.clearance.question import Lineage, Objection, Question, named, names
from licensing.clearance.reasons import Refusal, refuse
from licensing.registry.subjects import Subject

_SEXUAL = ("sexual", "nudity")


def refuse_requester(question: Question) -> tuple[Refusal, ...]:
    """Refuse a platform that must not be served, whatever it asks for."""
    if question.platform_id is None:
        return ()
    standing = question.snapshot.standings.get(question.platform_id)
    return (refuse(f"requester.{standing}"),) if standing is not None else ()


def protect_people(lineage: Lineage, question: Question) -> Iterator[Objection]:
    """Object to minors and to real people without consent. No terms outweigh this."""
    sexual = any(category in _SEXUAL for category in question.use.content)
    for subject in lineage:
        identity = subject.identity
        if identity is None:
            if subject.kind == "person":
                # Nobody recorded who this is, so nobody recorded a consent.
                yield _deny("subject.identity_without_consent", subject)
        elif not identity.real:
            if identity.minor and sexual:
                yield _deny("subject.minor_sexual", subject)
        elif identity.minor:
            yield _deny("subject.minor", subject)
        else:
            if sexual:
                yield _deny("subject.identity_sexual", subject)
            if not any(each.covers(question.use, question.at) for each in identity.consents):
                yield _deny("subject.identity_without_consent", subject)


def check_ownership(lineage: Sequence[Subject], question: Question) -> Iterator[Objection]:
    """Object where an owner wants no use, where shares do not sum to one, where nobody owns."""
    for subject in lineage:
        if not subject.licensed:
            yield _deny("owner.unlicensed", subject)
        shares = question.shares_at(subject.id)
        if shares and (total := sum(share.share for share in shares)) != 1:
            reason = refuse("owner.conflict", total=total, **names(subject))
            yield Objection("conflict", reason)
    if not question.owners_in(tuple(lineage)):
        yield Objection("unknown_rights", refuse("owner.unknown", **names(lineage[0])))


def keep_promises(lineage: Sequence[Subject], question: Question) -> Iterator[Objection]:
    """Object to a use that is promised exclusively to another platform."""
    for level, subject in enumerate(lineage):
        for promise in question.snapshot.promises.get(subject.id, ()):
            if promise.shuts_out(question.platform_id, question.use, question.at):
                objection = Objection("denied", refuse("exclusivity.taken"))
                yield named(subject, objection) if level else objection


def still_owned(lineage: Lineage, question: Question) -> Lineage:
    """Leave out what is in the public domain where it is used."""
    territory = question.use.territory
    return tuple(
        subject
        for subject in lineage
        if subject.public_domain is None or territory not in subject.public_domain
    )


def _deny(phrase: str, subject: Subject) -> Objection:
    return Objection("denied", refuse(phrase, **names(subject)))

"""
The same request in another use: shorter, milder, personal, elsewhere, without what is not wanted.

A use is repaired where its reasons say that it fails, all at once. What to ask for instead is taken
from the terms on the way up from each subject; whether it is granted, a decision says.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice, product
from typing import Any, Final

from licensing.clearance.codes import AUDIENCE_RATINGS, MEDIA, PURPOSES
from licensing.clearance.decision import Decision
from licensing.clearance.japanese import listed
from licensing.clearance.use import Use
from licensing.money import Money
from licensing.registry.snapshot import RegistrySnapshot
from licensing.registry.terms import Terms
from licensing.registry.terms.conditions import seconds_ja, seconds_text

# Values that are tried for one member of the use, the nearest to what was asked for first.
_TRIED: Final = 3

_CATEGORY: Final = "content.category."


@dataclass(frozen=True, slots=True)
class Repair:
    """Another use, and what is different about it in two languages."""

    use: Use
    message: str
    message_ja: str


@dataclass(frozen=True, slots=True)
class _Change:
    """Members of a use with other values, and how that is said."""

    members: tuple[tuple[str, Any], ...]
    message: str
    message_ja: str


def repairs(
    decision: Decision, snapshot: RegistrySnapshot, budget: Money | None
) -> Iterator[Repair]:
    """Give other uses in which none of the reasons would hold, the nearest first."""
    codes = {reason.code for finding in decision.findings for reason in finding.reasons}
    offers = _offers(decision, snapshot)
    asked = decision.use
    choices = [
        _without(asked, code.removeprefix(_CATEGORY))
        for code in sorted(codes)
        if code.startswith(_CATEGORY)
    ]
    # Another reason is not about the use, or no use can do without it.
    repairers = (repairer for repairer, mended in _REPAIRERS if not codes.isdisjoint(mended))
    choices += [list(islice(repairer(asked, offers), _TRIED)) for repairer in repairers]
    if "price.over_budget" in codes:
        choices.append(_affordable(decision, budget))
    if not any(choices):
        return
    for changes in product(*(each for each in choices if each)):
        members: dict[str, Any] = {}
        for change in changes:
            members.update(_merged(members, change))
        yield Repair(
            use=replace(asked, **members),
            message=", ".join(change.message for change in changes),
            message_ja="、".join(change.message_ja for change in changes),
        )


def _merged(members: Mapping[str, Any], change: _Change) -> dict[str, Any]:
    """Take content away twice, where two kinds of it are not wanted."""
    changed = dict(change.members)
    if "content" in members and "content" in changed:
        kept = (kind for kind in members["content"] if kind in changed["content"])
        changed["content"] = tuple(kept)
    return changed


def _offers(decision: Decision, snapshot: RegistrySnapshot) -> list[Terms]:
    """List the terms on the way up from every subject that the registry knows."""
    return [
        terms
        for finding in decision.findings
        if finding.subject_id in snapshot.subjects
        for subject in snapshot.ancestors(finding.subject_id)
        for terms in snapshot.terms.get(subject.id, ())
    ]


def _shorter(asked: Use, offers: Iterable[Terms]) -> Iterator[_Change]:
    """Stay below what terms allow, a quota has room for, or nobody has to approve."""
    limits_ms: set[int] = set()
    for terms in offers:
        limits_ms.add(terms.max_duration.limit_ms)
        limits_ms.update(each.limit_units for each in terms.quotas if each.unit == "seconds")
        automatic = terms.approval.automatic
        if automatic is not None and automatic.max_duration_ms is not None:
            limits_ms.add(automatic.max_duration_ms)
    for limit_ms in sorted(limits_ms, reverse=True):
        if limit_ms < asked.duration_ms:
            yield _length(limit_ms)


def _length(duration_ms: int) -> _Change:
    shown = seconds_text(duration_ms)
    return _Change(
        (("duration_ms", duration_ms),),
        f"at most {shown} long",
        f"長さを{seconds_ja(duration_ms)}以内に",
    )


def _affordable(decision: Decision, budget: Money | None) -> list[_Change]:
    """Shorten the video to whole seconds that the budget pays, if fees go by the second."""
    price = decision.price
    if budget is None or price is None or price.currency != budget.currency:
        return []
    duration_ms = decision.use.duration_ms * budget.amount_micros // price.amount_micros
    whole_ms = duration_ms // 1000 * 1000
    return [_length(whole_ms)] if whole_ms else []


def _milder(asked: Use, offers: Iterable[Terms]) -> Iterator[_Change]:
    offered = {rating for terms in offers for rating in terms.ratings.allowed}
    milder = AUDIENCE_RATINGS[: AUDIENCE_RATINGS.index(asked.audience_rating)]
    for rating in reversed(milder):
        if rating in offered:
            yield _Change(
                (("audience_rating", rating),),
                f"with content rated {rating}",
                f"年齢区分を{listed([rating])}に",
            )


def _other_purpose(asked: Use, offers: Iterable[Terms]) -> Iterator[_Change]:
    offered = {purpose for terms in offers for purpose in terms.purposes.allowed}
    for purpose in PURPOSES:
        if purpose != asked.purpose and purpose in offered:
            yield _Change(
                (("purpose", purpose),), f"for {purpose} use", f"{listed([purpose])}目的で"
            )


def _elsewhere(asked: Use, offers: Iterable[Terms]) -> Iterator[_Change]:
    """Try the territories that most terms allow."""
    counted: dict[str, int] = {}
    for terms in offers:
        for territory in terms.territories.allowed - {asked.territory}:
            counted[territory] = counted.get(territory, 0) + 1
    for territory in sorted(counted, key=lambda territory: (-counted[territory], territory)):
        yield _Change(
            (("territory", territory),), f"shown in {territory}", f"地域を {territory} に"
        )


def _coarser(_: Use, offers: Iterable[Terms]) -> Iterator[_Change]:
    limits = {terms.max_lines.limit for terms in offers if terms.max_lines is not None}
    for limit in sorted(limits, reverse=True):
        shown = f"{limit}p"
        yield _Change((("resolution", shown),), f"in {shown}", f"解像度を {shown} に")


def _other_channels(asked: Use, offers: Iterable[Terms]) -> Iterator[_Change]:
    offered = [terms.channels.allowed for terms in offers if terms.channels is not None]
    everywhere = frozenset.intersection(*offered) if offered else frozenset()
    kept = tuple(channel for channel in asked.channels if channel in everywhere)
    channels = kept or tuple(sorted(everywhere))
    if channels:
        shown = ", ".join(channels)
        yield _Change((("channels", channels),), f"on {shown} only", f"配信先を {shown} のみに")


def _other_media(asked: Use, offers: Iterable[Terms]) -> Iterator[_Change]:
    offered = [terms.media.allowed for terms in offers if terms.media is not None]
    everywhere = frozenset.intersection(*offered) if offered else frozenset()
    media = tuple(
        medium
        for medium in MEDIA
        if medium in everywhere and (medium in asked.media or not set(asked.media) & everywhere)
    )
    if media:
        shown = ", ".join(media)
        yield _Change((("media", media),), f"in {shown} only", f"媒体を{listed(media)}のみに")


def _without(asked: Use, category: str) -> list[_Change]:
    content = tuple(kind for kind in asked.content if kind != category)
    return [
        _Change(
            (("content", content),), f"without {category}", f"{listed([category])}の内容を除いて"
        )
    ]


# How members of a use are repaired, and the reasons that this may mend.
_REPAIRERS: Final[
    tuple[tuple[Callable[[Use, list[Terms]], Iterator[_Change]], frozenset[str]], ...]
] = (
    (_shorter, frozenset({"terms.duration", "terms.quota", "terms.approval_required"})),
    (_other_purpose, frozenset({"terms.purpose"})),
    (_milder, frozenset({"terms.rating"})),
    (_elsewhere, frozenset({"terms.territory"})),
    (_coarser, frozenset({"terms.resolution"})),
    (_other_channels, frozenset({"terms.channel"})),
    (_other_media, frozenset({"terms.media"})),
)

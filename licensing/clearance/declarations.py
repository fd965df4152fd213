"""
What owners declared elsewhere, against a use: each declaration that does not permit it objects.

Declarations never grant by themselves: terms do. They reserve. Of each level from the subject up to
its franchise all declarations are heard together; one that speaks of showing the subject, but not
of this use, leaves it without permission, and so do declarations about other things alone where no
terms stand.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from licensing.clearance.finding import Outcome
from licensing.clearance.reasons import Refusal, refuse
from licensing.clearance.use import Use
from licensing.registry.subjects import Subject
from licensing.standards.declaration import Declaration, Verdict, meet

# How each verdict is said, and the best outcome that it leaves.
_OBJECTIONS: Final[Mapping[Verdict, tuple[str, Outcome]]] = {
    "prohibited": ("declaration.prohibited", "denied"),
    "withdrawn": ("declaration.withdrawn", "denied"),
    "absent": ("declaration.absent", "unknown_rights"),
    "conflicting": ("declaration.conflict", "conflict"),
    "stale": ("declaration.stale", "stale"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """
    What the declarations on a subject add to its finding.

    `reasons` are pairs of a reason and the best outcome that it leaves; `sha256s` the digests of
    every document that was heard, sorted, so that a decision can name what it rests on.
    """

    reasons: tuple[tuple[Refusal, Outcome], ...] = ()
    sha256s: tuple[str, ...] = ()


def hear(
    chain: Iterable[Subject],
    declarations: Mapping[str, tuple[Declaration, ...]],
    use: Use,
    *,
    at: datetime,
    has_terms: bool,
) -> Heard:
    """Hear the declarations on a subject and on everything above it, the subject first."""
    reasons: list[tuple[Refusal, Outcome]] = []
    sha256s: set[str] = set()
    for subject in chain:
        declared = declarations.get(subject.id, ())
        sha256s.update(each.sha256 for each in declared)
        meeting = meet(declared, "depict", use, at=at)
        verdict: Verdict = meeting.verdict
        if verdict == "silent" and declared and not has_terms:
            verdict = "absent"
        if verdict in _OBJECTIONS:
            code, outcome = _OBJECTIONS[verdict]
            sources = ", ".join(dict.fromkeys(each.source for each in meeting.spoken_by))
            reason = refuse(
                code,
                name=subject.display_name(),
                name_ja=subject.display_name("ja"),
                source=sources,
            )
            reasons.append((reason, outcome))
    return Heard(reasons=tuple(reasons), sha256s=tuple(sorted(sha256s)))

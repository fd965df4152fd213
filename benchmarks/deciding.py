"""
How many decisions a second one core makes, and whether that depends on the size of the registry.

A decision is pure: mentions, use and registry in, outcome with reasons and prices out. The subjects
are characters whose franchise is licensed by the second, so each is decided over two levels. The
registries of several sizes take turns; the least CPU time of several rounds counts.
"""

import argparse
import gc
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from fractions import Fraction

from benchmarks.measure import table
from licensing.clearance.alternatives import suggest
from licensing.clearance.decision import decide
from licensing.clearance.use import Use
from licensing.reading.mentions import Mention
from licensing.registry.owners import Share
from licensing.registry.snapshot import RegistrySnapshot
from licensing.registry.subjects import Name, Subject
from licensing.registry.terms import Terms

AT = datetime(2026, 11, 1, tzinfo=UTC)
USE = Use(territory="JP", purpose="personal", duration_ms=8000)
ABROAD = Use(territory="US", purpose="commercial", duration_ms=40_000)
SIZES = (100, 10_000, 1_000_000)
# Each franchise has this many characters.
FAMILY = 9
MOST = 5


def registry(size: int) -> RegistrySnapshot:
    """Make a registry of `size` subjects, a tenth of them franchises with owners and terms."""
    name = (Name("Name", "en", "official"),)
    owner: dict[str, tuple[Share, ...]] = {}
    terms: dict[str, tuple[Terms, ...]] = {}
    subjects: dict[str, Subject] = {}
    for number in range(size // (FAMILY + 1)):
        franchise = f"f{number}"
        subjects[franchise] = Subject(franchise, "franchise", None, name)
        for member in range(FAMILY):
            character = f"f{number}-c{member}"
            subjects[character] = Subject(character, "character", franchise, name)
        owner[franchise] = (Share(franchise, "aoyama", Fraction(1)),)
        if number < MOST or number % 100 == 0:
            terms[franchise] = (offer(franchise),)
    return RegistrySnapshot(version=1, subjects=subjects, shares=owner, terms=terms)


def offer(franchise: str) -> Terms:
    """Make ordinary terms: ¥10 a second in Japan for personal use."""
    return Terms.from_document(
        {
            "id": f"{franchise}-terms",
            "subject": franchise,
            "licensor": "aoyama",
            "version": 1,
            "territories": ["JP", "TW", "FR"],
            "purposes": ["personal"],
            "max_duration_s": 30,
            "audience_ratings": ["all", "teen"],
            "valid_from": "2026-01-01T00:00:00Z",
            "valid_until": None,
            "price": {"kind": "per_second", "amount": "10", "currency": "JPY"},
            "approval_required": False,
            "forbidden_content": ["gore", "sexual"],
            "combinations": {"never_with": ["rival"]},
        },
    )


def prompt(count: int) -> list[Mention]:
    """Mention one character of each of the first franchises."""
    return [
        Mention(
            subject_id=f"f{number}-c1",
            start=10 * number,
            end=10 * number + 4,
            surface="Name",
            evidence="exact",
            strength="strong",
            confidence=1.0,
            polarity="affirmed",
            reasons=(),
        )
        for number in range(count)
    ]


def decide_many(snapshot: RegistrySnapshot, mentions: Sequence[Mention], count: int) -> float:
    """Decide `count` times; CPU seconds of one."""
    begun = time.process_time()
    for _ in range(count):
        decide(mentions, USE, snapshot, at=AT, platform_id="kirin")
    return (time.process_time() - begun) / count


def refuse_many(snapshot: RegistrySnapshot, mentions: Sequence[Mention], count: int) -> float:
    """Decide a use that must be repaired, and find the other ways; CPU seconds of one."""
    begun = time.process_time()
    for _ in range(count):
        refused = decide(mentions, ABROAD, snapshot, at=AT, platform_id="kirin")
        suggest(refused, snapshot, at=AT, platform_id="kirin")
    return (time.process_time() - begun) / count


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5, help="rounds, of which the best counts")
    parser.add_argument("--count", type=int, default=2000, help="decisions of one round")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="subjects")
    options = parser.parse_args()
    registries = {size: registry(size) for size in options.sizes}
    # What is asked of a registry for the first time is built then, once a version.
    for snapshot in registries.values():
        refuse_many(snapshot, prompt(1), 1)
    gc.freeze()  # The subjects stay for good: no collection need look at them again.
    cases = {"one subject": 1, "five subjects": MOST}
    best: dict[tuple[str, int], float] = {}
    for _ in range(options.rounds):
        for size, snapshot in registries.items():
            for name, subjects in cases.items():
                taken_s = decide_many(snapshot, prompt(subjects), options.count)
                best[name, size] = min(taken_s, best.get((name, size), taken_s))
                refused = f"{name}, refused with other ways"
                taken_s = refuse_many(snapshot, prompt(subjects), options.count // 20)
                best[refused, size] = min(taken_s, best.get((refused, size), taken_s))
    smallest = min(options.sizes)
    rows = [
        [
            f"{name}, {size:,} in the registry",
            f"{1 / taken_s:,.0f}",
            f"{taken_s / best[name, smallest]:.2f}",
        ]
        for (name, size), taken_s in sorted(best.items(), key=lambda item: (item[0][0], item[0][1]))
    ]
    print("Decisions on one core; aims: 20,000 a second for one subject, 5,000 for five, cost")
    print(f"at most 1.5 times that among {smallest:,} subjects")
    print(table(("", "per second", f"cost / {smallest:,}"), rows))


if __name__ == "__main__":
    main()

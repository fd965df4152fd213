"""Reading: a prompt and a lexicon in, the mentions of subjects out."""

import hashlib
from collections.abc import Iterable, Iterator

from licensing.canonical import sha256_hex
from licensing.reading.context import Belief, Context
from licensing.reading.lexicon import Hit, Lexicon
from licensing.reading.mentions import Mention, Polarity, Reading, Source


def read(
    text: str,
    lexicon: Lexicon,
    *,
    registry_version: int,
    negative_text: str | None = None,
) -> Reading:
    """
    Find the subjects that a prompt names, and those that its negative prompt wants absent.

    Each of the two texts is read by itself: what is unwanted says nothing about what is meant.
    """
    mentions = list(_mentions(text, lexicon, source="prompt", polarity="affirmed"))
    if negative_text is not None:
        mentions += _mentions(negative_text, lexicon, source="negative_prompt", polarity="negated")
    texts = [_digest(each) for each in (text, negative_text) if each is not None]
    return Reading(
        id=f"rd_{sha256_hex([registry_version, texts])[:24]}",
        registry_version=registry_version,
        mentions=tuple(mentions),
    )


def _mentions(
    text: str,
    lexicon: Lexicon,
    *,
    source: Source,
    polarity: Polarity,
) -> Iterator[Mention]:
    """Yield the mentions of one text, ordered by start, end and subject id."""
    hits = lexicon.find(text)
    chosen = _longest(hits)
    context = Context(hits, chosen)
    for hit in chosen:
        for subject_id, belief in sorted(_beliefs(hit, context).items()):
            yield Mention(
                subject_id=subject_id,
                start=hit.start,
                end=hit.end,
                surface=text[hit.start : hit.end],
                evidence="exact",
                strength=belief.strength,
                confidence=belief.confidence,
                polarity=polarity,
                reasons=belief.reasons,
                source=source,
            )


def _longest(hits: Iterable[Hit]) -> list[Hit]:
    """Choose names from left to right, the longest at each place, none overlapping another."""
    chosen: list[Hit] = []
    end = 0
    # Entries of one and the same span differ only inside a character that folds to several: ㌔.
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end, -len(hit.entry.text))):
        if hit.entry.senses and hit.start >= end:
            chosen.append(hit)
            end = hit.end
    return chosen


def _beliefs(hit: Hit, context: Context) -> dict[str, Belief]:
    """Judge every subject that the hit can name; of a subject's equal names the surest counts."""
    beliefs: dict[str, Belief] = {}
    for sense in hit.entry.senses:
        belief = context.judge(hit, sense)
        if belief is None:
            continue
        known = beliefs.get(sense.subject_id)
        if known is None or belief.confidence > known.confidence:
            beliefs[sense.subject_id] = belief
    return beliefs


def _digest(text: str) -> str:
    """Digest a text that may hold lone surrogates, which JSON can carry but UTF-8 cannot."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

"""Reading: a prompt and a lexicon in, the mentions of subjects out."""

import hashlib
from bisect import bisect_left
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import replace

from licensing.canonical import sha256_hex
from licensing.reading.context import DISGUISED_CONFIDENCE, Belief, Context, Surroundings
from licensing.reading.entries import Hit, Sense, Text
from licensing.reading.lexicon import Lexicon
from licensing.reading.mentions import Evidence, Mention, Reading
from licensing.reading.normalise import hidden_text
from licensing.reading.polarity import AROUND_CHARS, refusal_side, shares_refusal
from licensing.reading.rewritings import rewritings
from licensing.reading.rules import MEANINGS, Rule
from licensing.reading.sections import unwanted_sections
from licensing.reading.skeleton import has_signs, skeleton
from licensing.reading.style import is_style


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
    forms = Text.of(text)
    mentions = list(read_names(forms, lexicon, misspelt=True))
    if (hidden := hidden_text(text)) is not None:
        mentions += _hidden(text, hidden, lexicon)
    mentions += list(_rewritten(text, lexicon, mentions))
    mentions += _described(forms, lexicon, {mention.subject_id for mention in mentions})
    mentions.sort(key=lambda mention: (mention.start, mention.end, mention.subject_id))
    if negative_text is not None:
        mentions += _unwanted(negative_text, lexicon)
    texts = [_digest(each) for each in (text, negative_text) if each is not None]
    return Reading(
        id=f"rd_{sha256_hex([registry_version, texts])[:24]}",
        registry_version=registry_version,
        mentions=tuple(mentions),
    )


def read_names(forms: Text, lexicon: Lexicon, *, misspelt: bool = False) -> Iterator[Mention]:
    """
    Yield the mentions by name in one text, ordered by start, end and subject id.

    `misspelt` looks for names with one spelling mistake too.
    """
    text, folded = forms.original, forms.folded.text
    hits = _hits(forms, lexicon)
    chosen = _longest(hits)
    if misspelt:
        chosen = _with_misspelt(chosen, lexicon.misspelt(forms))
    if not chosen:
        return
    context = Context(forms, hits, chosen)
    surroundings = [_around(folded, hit) for hit in chosen]
    refused = _refused(folded, chosen, surroundings)
    for start, end in unwanted_sections(text):
        for index, hit in enumerate(chosen):
            if start <= hit.start < end:
                refused[index] = "negated.section"
    for hit, around, absent in zip(chosen, surroundings, refused, strict=True):
        styled = is_style(around.before, around.after)
        for subject_id, (sense, belief) in sorted(_beliefs(hit, context, around).items()):
            yield Mention(
                subject_id=subject_id,
                start=hit.start,
                end=hit.end,
                surface=text[hit.start : hit.end],
                evidence=_evidence(hit, sense, styled=styled),
                strength=belief.strength,
                confidence=belief.confidence,
                polarity="negated" if absent else "affirmed",
                reasons=belief.reasons,
                rules=(*belief.rules, *_style_rules(sense, styled=styled), *_absence(absent)),
            )


def _hits(forms: Text, lexicon: Lexicon) -> list[Hit]:
    """Find names with signs read as letters, and where there are any, as what parts letters too."""
    hits = lexicon.find(forms)
    if not has_signs(forms.folded):
        return hits
    parted = replace(forms, bones=skeleton(forms.folded, forms.original, signs_spell=False))
    known = {(hit.start, hit.end, hit.entry.text) for hit in hits}
    hits += [
        hit for hit in lexicon.find(parted) if (hit.start, hit.end, hit.entry.text) not in known
    ]
    hits.sort(key=lambda hit: (hit.start, hit.end, hit.entry.text))
    return hits


def _unwanted(text: str, lexicon: Lexicon) -> Iterator[Mention]:
    """Yield the mentions by name in a negative prompt, all of them wanted absent."""
    for mention in read_names(Text.of(text), lexicon, misspelt=True):
        yield replace(
            mention,
            polarity="negated",
            source="negative_prompt",
            rules=(*mention.rules, "negated.negative_prompt"),
        )


def _hidden(text: str, hidden: str, lexicon: Lexicon) -> Iterator[Mention]:
    """Yield the mentions by name in characters of a text that nobody sees."""
    for mention in read_names(Text.of(hidden), lexicon):
        yield replace(
            mention,
            surface=text[mention.start : mention.end],
            evidence="skeleton",
            reasons=(*mention.reasons, "it is written in invisible characters"),
            rules=("name.invisible", *mention.rules),
        )


def _rewritten(text: str, lexicon: Lexicon, known: Iterable[Mention]) -> Iterator[Mention]:
    """Yield the mentions by name in other readings of a text, where nothing of theirs is known."""
    taken = [(mention.subject_id, mention.start, mention.end) for mention in known]
    for other in rewritings(text):
        for mention in read_names(Text.of(other.text), lexicon):
            start, end = other.span(mention.start, mention.end)
            if not other.touches(mention.start, mention.end) or any(
                subject_id == mention.subject_id and start < last and first < end
                for subject_id, first, last in taken
            ):
                continue
            taken.append((mention.subject_id, start, end))
            yield replace(
                mention,
                start=start,
                end=end,
                surface=text[start:end],
                evidence="skeleton" if mention.evidence == "exact" else mention.evidence,
                confidence=min(mention.confidence, DISGUISED_CONFIDENCE),
                reasons=(*mention.reasons, MEANINGS[other.rule]),
                rules=(other.rule, *mention.rules),
            )


def _described(forms: Text, lexicon: Lexicon, named: Container[str]) -> Iterator[Mention]:
    """Yield the subjects that a text describes without naming them."""
    for found in lexicon.descriptions.find(forms.folded.text):
        if found.subject_id in named:
            continue
        start, end = forms.folded.span(found.start, found.end)
        traits = [forms.original[slice(*forms.folded.span(*each))] for each in found.features]
        quoted = ", ".join(map(repr, traits))
        yield Mention(
            subject_id=found.subject_id,
            start=start,
            end=end,
            surface=forms.original[start:end],
            evidence="description",
            strength="weak",
            confidence=found.confidence,
            polarity="affirmed",
            reasons=(f"the text describes it without a name: {quoted}",),
            rules=("described.traits",),
        )


def _longest(hits: Iterable[Hit]) -> list[Hit]:
    """
    Choose names from left to right, the longest at each place, none overlapping another.

    Names of one skeleton at one place, of which the text is neither exactly, are all chosen, as one
    hit with the senses of all.
    """
    chosen: list[Hit] = []
    end = 0
    # Entries of one and the same span differ only inside a character that folds to several: ㌔.
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end, -len(hit.entry.text))):
        if not hit.entry.senses:
            continue
        if hit.start >= end:
            chosen.append(hit)
            end = hit.end
        elif hit.changes and hit.stands_for_the_same_place(chosen[-1]):
            chosen[-1] = chosen[-1].joined_by(hit)
    return chosen


def _with_misspelt(chosen: Sequence[Hit], misspelt: Iterable[Hit]) -> list[Hit]:
    """
    Add misspelt names where nothing sure stands.

    A misspelt name may swallow uncertain shorter ones: `Naruto Uzmuaki` is more than `Naruto`.
    """
    result = list(chosen)
    for hit in misspelt:
        first = bisect_left(result, hit.start, key=lambda other: other.end - 1)
        last = bisect_left(result, hit.end, key=lambda other: other.start)
        overlapped = result[first:last]
        if len(overlapped) == 1 and overlapped[0].misspelt:
            if (hit.start, hit.end) == (overlapped[0].start, overlapped[0].end):
                result[first] = overlapped[0].joined_by(hit)
        elif all(other.inside(hit) and not other.is_sure for other in overlapped):
            result[first:last] = [hit]
    return result


def _around(text: str, hit: Hit) -> Surroundings:
    """Cut out of a folded text what stands next to a hit."""
    before = text[max(0, hit.folded_start - AROUND_CHARS) : hit.folded_start]
    return Surroundings(before, text[hit.folded_end : hit.folded_end + AROUND_CHARS])


def _refused(
    text: str,
    chosen: Sequence[Hit],
    around: Sequence[Surroundings],
) -> list[Rule | None]:
    """Name for every hit the rule by which the text asks for its absence; a list shares its cue."""
    sides = [refusal_side(each.before, each.after) for each in around]
    rules: list[Rule | None] = [None if side is None else "negated.cue" for side in sides]
    for index in range(1, len(chosen)):
        if sides[index] is None and sides[index - 1] == "before":
            gap = _gap(text, chosen[index - 1], chosen[index])
            if shares_refusal(gap, around[index].after):
                sides[index], rules[index] = "before", "negated.list"
    for index in range(len(chosen) - 1, 0, -1):
        if sides[index] == "after" and sides[index - 1] is None:
            gap = _gap(text, chosen[index - 1], chosen[index])
            if shares_refusal(gap, ""):
                sides[index - 1], rules[index - 1] = "after", "negated.list"
    return rules


def _gap(text: str, first: Hit, second: Hit) -> str:
    """Cut out what stands between two hits; a long gap is cut short, being no list anyway."""
    end = first.folded_end
    return text[end : min(second.folded_start, end + AROUND_CHARS)]


def _style_rules(sense: Sense, *, styled: bool) -> tuple[Rule, ...]:
    if styled:
        return ("style.cue",)
    return ("style.subject",) if sense.subject_kind == "style" else ()


def _absence(rule: Rule | None) -> tuple[Rule, ...]:
    return () if rule is None else (rule,)


def _evidence(hit: Hit, sense: Sense, *, styled: bool) -> Evidence:
    if styled or sense.subject_kind == "style":
        return "style"
    if hit.misspelt:
        return "fuzzy"
    return "skeleton" if hit.changes else "exact"


def _beliefs(
    hit: Hit,
    context: Context,
    around: Surroundings,
) -> dict[str, tuple[Sense, Belief]]:
    """Judge every subject that the hit can name; of a subject's equal names the surest counts."""
    beliefs: dict[str, tuple[Sense, Belief]] = {}
    for sense in hit.entry.senses:
        belief = context.judge(hit, sense, around)
        if belief is None:
            continue
        known = beliefs.get(sense.subject_id)
        if known is None or belief.confidence > known[1].confidence:
            beliefs[sense.subject_id] = (sense, belief)
    return beliefs


def _digest(text: str) -> str:
    """Digest a text that may hold lone surrogates, which JSON can carry but UTF-8 cannot."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

"""How a name may touch the letters beside it: a plural, a last letter drawn out, a hashtag."""

from licensing.reading.boundaries import joins, word_script
from licensing.reading.entries import Entry, Text
from licensing.reading.lookalikes import Change
from licensing.reading.words import is_ordinary

_FEWEST_JOINED = 4
_FEWEST_IN_TAG = 6
_LONGEST_TAG_CHARS = 40


def joined(text: Text, start: int, end: int, entry: Entry) -> frozenset[Change] | None:
    """Name how a place is joined to its neighbours; None when it is a part of another word."""
    changes: set[Change] = set()
    if start and joins(word_script(text.shown(start)), text.shown(start - 1), side="left"):
        humped = text.shown(start).isupper() and not text.shown(start - 1).isupper()
        if not _may_join(text, start, entry, humped=humped):
            return None
        changes.add("joined")
    last = word_script(text.shown(end - 1)) if end > start else None
    if end < len(text.folded.text) and joins(last, text.shown(end), side="right"):
        if _plural(text, start, end, entry) or _drawn_out(text, end, entry):
            changes.add("ending")
        else:
            humped = text.shown(end).isupper() and not text.shown(end - 1).isupper()
            if not _may_join(text, start, entry, humped=humped):
                return None
            changes.add("joined")
    return frozenset(changes)


def _may_join(text: Text, start: int, entry: Entry, *, humped: bool) -> bool:
    """Whether a name may touch a letter: at the hump of a `TeamPikachu`, or in a hashtag."""
    length = len(entry.key)
    return (humped and length >= _FEWEST_JOINED) or (
        length >= _FEWEST_IN_TAG and in_tag(text, start)
    )


def in_tag(text: Text, place: int) -> bool:
    """Whether a place is inside a hashtag."""
    folded = text.folded.text
    sign = folded.rfind("#", max(0, place - _LONGEST_TAG_CHARS), place)
    return sign >= 0 and f"{folded[sign + 1 : place]}a".replace("_", "a").isalnum()


def _plural(text: Text, start: int, end: int, entry: Entry) -> bool:
    """Whether a longer name has an English ending of the plural behind it."""
    folded = text.folded.text
    if len(entry.key) < _FEWEST_JOINED or not ("a" <= folded[end - 1] <= "z"):
        return False
    stop = end + (2 if folded.startswith("es", end) and folded[end - 1] in "sxzho" else 1)
    if folded[stop - 1] != "s" or is_ordinary(folded[start:stop]):
        return False
    return stop == len(folded) or not joins("LATIN", text.shown(stop), side="right")


def _drawn_out(text: Text, end: int, entry: Entry) -> bool:
    """Whether a longer name's last letter is repeated: `Pikachuuu`."""
    if len(entry.key) < _FEWEST_JOINED:
        return False
    folded = text.folded.text
    stop = end
    while stop < len(folded) and folded[stop] == folded[end - 1]:
        stop += 1
    return stop > end and not (
        stop < len(folded)
        and joins(word_script(text.shown(end - 1)), text.shown(stop), side="right")
    )

"""
Does a copy show what the record shows? A one-to-one comparison, for when a mark names the record.

The pictures are laid over each other (`registration`), then aligned in time: pieces of the copy
run along pieces of the record, perhaps slower or faster. Each pair of pictures must agree as a
whole, in its detail, in its perceptual hash, and in what moved since the other pairs. The ISCC
codes must agree too, where the copy shows so much of the picture that they can.

A threshold on one similarity cannot do it: another shot of the same static scene passes that.
The figures behind every number here are in docs/fingerprint.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from manifests.marks.alignment import Line, best_line, rule_out, use_up
from manifests.marks.fingerprint import (
    CODE_BITS,
    HOP_S,
    Fingerprint,
    StoredFingerprint,
    View,
    Window,
)
from manifests.marks.pairs import Pairs, compare_pairs
from manifests.marks.pictures import Pictures
from manifests.marks.registration import Overlay, overlays, similarities

CODE_MIN: Final = 0.60
COVERED_MIN: Final = 0.85

_LINES_MAX: Final = 5
_AGREEING_MIN: Final = 0.6
_BLANK_LEVELS: Final = 1.0
_WHOLE_ENOUGH: Final = 0.985
"""Another way to lay the copy over the record would hardly fit better."""
_CODES_PART_MIN: Final = 0.75
"""The smallest stored view shows 64 % of the picture; between views the codes are less alike."""
_CODE_VIEWS: Final[tuple[View, ...]] = ("full", "crop90", "crop80")


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """
    How far a copy agrees with a record.

    `score` from 0 to 1 is the typical similarity of the pictures times `covered`, the share of
    the copy that agrees; `offset_s` is where in the record the copy's longest piece would begin.
    Only a `strong` one may, together with a mark, say that the copy is of the record. `codes`
    is the similarity of the ISCC windows, None where they cannot be compared.
    """

    score: float
    strong: bool
    offset_s: float
    covered: float
    whole: float
    detail: float
    hashes: float
    differing: float
    motion: float | None
    codes: float | None


NONE: Final = Agreement(
    score=0.0,
    strong=False,
    offset_s=0.0,
    covered=0.0,
    whole=0.0,
    detail=0.0,
    hashes=0.0,
    differing=1.0,
    motion=None,
    codes=None,
)


def agreement(
    one: Fingerprint,
    record: StoredFingerprint,
    *,
    flipped: bool = False,
    rotation_deg: float = 0.0,
    between_s: tuple[float, float] | None = None,
) -> Agreement:
    """
    Compare a copy with the record that its mark names.

    `flipped` says that the copy shows the picture mirrored; `rotation_deg` that it is turned by so
    much, either way; `between_s` limits the comparison to a stretch of the copy, as where a montage
    shows several videos.
    """
    copy = _stretch(one.pictures, between_s)
    if flipped:
        copy = copy.mirrored()
    if not len(copy) or not len(record.pictures):
        return NONE
    best, along, laid = NONE, None, None
    for overlay in overlays(copy.frames, record.pictures.frames, rotation_deg=rotation_deg):
        agreed, line = _pictures_agree(overlay, copy.step_s, record.pictures.step_s)
        if (agreed.strong, agreed.score) > (best.strong, best.score):
            best, along, laid = agreed, line, overlay
        if best.strong and best.whole >= _WHOLE_ENOUGH:
            break
    if along is None or laid is None or not _have_codes(laid):
        return best
    start_s, end_s = between_s or (0.0, one.duration_s)
    windows = [
        window
        for window in one.windows.get("mirror" if flipped else "full", ())
        if start_s <= window.start_s and window.end_s <= end_s
    ]
    return _with_codes(best, _codes_agree(windows, record, along, start_s))


def _have_codes(overlay: Overlay) -> bool:
    """Whether a stored view shows about what the copy shows, without its bars."""
    return overlay.has_all and overlay.part >= _CODES_PART_MIN


def _with_codes(agreed: Agreement, codes: float | None) -> Agreement:
    strong = agreed.strong and (codes is None or codes >= CODE_MIN)
    return replace(agreed, codes=codes, strong=strong)


def _codes_agree(
    windows: Sequence[Window], record: StoredFingerprint, line: Line, start_s: float
) -> float | None:
    """Compare the codes of the copy's windows with those at the same time, in the best view."""
    alike = []
    for window in windows:
        at_s = line.offset_s + (window.start_s - start_s) * line.speed
        alike += [
            max(
                (
                    _code_similarity(window.code, other.code)
                    for view in _CODE_VIEWS
                    for other in record.windows.get(view, ())
                    if abs(other.start_s - at_s) <= HOP_S and other.is_evidence
                ),
                default=None,
            )
        ] * window.is_evidence
    known = [similarity for similarity in alike if similarity is not None]
    return float(np.median(known)) if known else None


def _code_similarity(one: bytes, two: bytes) -> float:
    differing = int.from_bytes(one, "big") ^ int.from_bytes(two, "big")
    return 1 - differing.bit_count() / CODE_BITS


def _stretch(pictures: Pictures, between_s: tuple[float, float] | None) -> Pictures:
    if between_s is None:
        return pictures
    first, last = (round(at_s / pictures.step_s) for at_s in between_s)
    return Pictures(pictures.frames[max(0, first) : max(0, last)], pictures.step_s)


def _pictures_agree(
    overlay: Overlay, copy_step_s: float, record_step_s: float
) -> tuple[Agreement, Line | None]:
    """Align the pictures in time, and say how far they agree along the longest line."""
    similarity = similarities(overlay)
    # Blank pictures, as in a fade, say nothing for or against.
    telling = overlay.copy[:, overlay.common].std(axis=1) >= _BLANK_LEVELS
    telling_s = max(1, int(telling.sum())) * copy_step_s
    pieces: list[tuple[Line, Pairs]] = []
    covered_s = 0.0
    while len(pieces) < _LINES_MAX:
        line = best_line(similarity, copy_step_s, record_step_s)
        if line is None:
            break
        pairs = compare_pairs(overlay, line)
        pieces.append((line, pairs))
        # A few pairs that agree on a line where most do not are there by chance.
        if pairs.agree.mean() < _AGREEING_MIN:
            rule_out(similarity, line)
            continue
        covered_s += int(pairs.agree.sum()) * record_step_s / line.speed
        use_up(similarity, line.copy_at[pairs.agree])
    if not pieces:
        return NONE, None
    line, pairs = max(pieces, key=lambda piece: (piece[1].agree.sum(), piece[1].whole.mean()))
    covered = min(1.0, covered_s / telling_s)
    whole = max(0.0, float(np.median(pairs.whole)))
    agreed = Agreement(
        score=whole * (0.5 + covered / 2),
        strong=covered >= COVERED_MIN,
        offset_s=line.offset_s,
        covered=covered,
        whole=whole,
        detail=float(np.median(pairs.detail)),
        hashes=float(np.median(pairs.hashes)),
        differing=float(np.median(pairs.differing)),
        motion=pairs.motion,
        codes=None,
    )
    return agreed, line

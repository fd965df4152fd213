"""
Ask the pictures where a video comes from, when its label is gone, broken or somebody else's.

    mark → the manifest that it names → that manifest's stored fingerprint agrees? → Recovery

A mark is only believed when the stored manifest itself names it, and when the pictures agree with
the record: anyone can copy a mark onto other pictures.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from manifests.credentials.read import read_store
from manifests.credentials.report import CredentialsReport
from manifests.marks import fingerprint_store
from manifests.marks.compare import Agreement as Compared
from manifests.marks.compare import agreement
from manifests.marks.detect import Detection, detect
from manifests.marks.fingerprint import (
    QUERY_VIEWS,
    Fingerprint,
    StoredFingerprint,
    take_fingerprint,
)
from manifests.media.probe import probe
from manifests.verification.evidence import Agreement, MarkedSegment, Recovery
from manifests.verification.repository import find_store
from manifests.verification.soft_bindings import (
    WATERMARK_ALG,
    bindings_in,
    encoded_value,
    find_manifest_ids,
    stored_value,
)
from service.operations.find_alike import find_alike
from service.runtime import PUBLIC, Runtime

QUICK_BUDGET_S: Final = 2.0
"""An intact label is rarely contradicted: look where a mark would be, not everywhere."""

EDGE_S: Final = 0.5
"""Half a window's hop: where one video of a montage ends is not known more exactly."""

MARKED_MIN: Final = 0.85
"""How much of a montage has to carry marks; as much as of a copy has to agree."""

_WEAKNESS: Final[tuple[Agreement, ...]] = ("strong", "weak", "none")


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a video that somebody asks about."""

    start_s: float
    end_s: float

    def shows(self, start_s: float, end_s: float) -> bool:
        """Say whether more of these seconds lies inside than outside."""
        shared_s = min(self.end_s, end_s) - max(self.start_s, start_s)
        return shared_s > 0 and 2 * shared_s >= min(end_s - start_s, self.end_s - self.start_s)


@dataclass(frozen=True, slots=True)
class _Record:
    """A registered video: its manifest, validated again now, and what it looks like."""

    manifest_id: str
    credentials: CredentialsReport


def recover(
    runtime: Runtime,
    path: Path,
    credentials: CredentialsReport,
    *,
    within: tuple[Span, ...] = (),
) -> Recovery | None:
    """
    Find the registered video that the pictures of a file lead to; None when there is none.

    `within` confines the question to parts of the file. `credentials` are the file's own: an intact
    label of this service leaves no question, and any other intact label is only checked for a mark
    in plain sight. Raises what `probe` raises.
    """
    if credentials.is_intact and credentials.signer_tier == "local":
        return None
    info = probe(path, runtime.limits)
    quick = credentials.is_intact
    detection = detect(
        path,
        info=info,
        keys=runtime.mark_keys,
        limits=runtime.limits,
        budget_s=QUICK_BUDGET_S if quick else runtime.settings.detection_budget_s,
        deep=not quick,
    )
    if within:
        detection = _marked_within(detection, within)
    records = _records(runtime, detection)
    if not records and quick:
        return None
    look = take_fingerprint(path, info=info, limits=runtime.limits, views=QUERY_VIEWS)
    if not records:
        return _alike(runtime, _look_within(look, within) if within else look)
    return _marked(runtime, look, detection, records)


def _marked_within(detection: Detection, within: tuple[Span, ...]) -> Detection:
    """Leave the marks that lie in these parts."""
    kept = tuple(
        segment
        for segment in detection.segments
        if any(span.shows(segment.start_s, segment.end_s) for span in within)
    )
    return replace(detection, segments=kept)


def _look_within(look: Fingerprint, within: tuple[Span, ...]) -> Fingerprint:
    """Leave the windows that lie in these parts."""
    kept = {
        view: tuple(
            window
            for window in windows
            if any(span.shows(window.start_s, window.end_s) for span in within)
        )
        for view, windows in look.windows.items()
    }
    return replace(look, windows=kept)


def _records(runtime: Runtime, detection: Detection) -> dict[str, _Record]:
    """Look every detected mark up; what leads nowhere, or is not vouched for, is left out."""
    records = {}
    for mark_id in dict.fromkeys(segment.mark_id for segment in detection.segments):
        record = _record(runtime, mark_id)
        if record is not None:
            records[mark_id] = record
    return records


def _record(runtime: Runtime, mark_id: str) -> _Record | None:
    value = encoded_value(bytes.fromhex(mark_id))
    with runtime.transaction(PUBLIC) as session:
        stores = [
            find_store(session, manifest_id)
            for manifest_id in find_manifest_ids(session, WATERMARK_ALG, value, limit=4)
        ]
    for kept in stores:
        if kept is None:
            continue
        store = runtime.blobs.get_bytes(kept.blob)
        # A binding in the database is anyone's word; the signed manifest's is its signer's.
        if (WATERMARK_ALG, stored_value(value)) not in bindings_in(store):
            continue
        report = read_store(store, trust=runtime.trust_lists)
        if report.manifest_id == kept.manifest_id:
            return _Record(kept.manifest_id, report)
    return None


def _marked(
    runtime: Runtime,
    look: Fingerprint,
    detection: Detection,
    records: dict[str, _Record],
) -> Recovery:
    """
    Compare the pictures, one to one, with every record that a part of the video names.

    What most of the video names is what it is of. It agrees strongly when all of its parts do:
    a little of a registered video proves nothing about what stands around it.
    """
    # A mark without a record speaks for nothing, and counts as what stands around.
    known = tuple(each for each in detection.segments if each.mark_id in records)
    detection = replace(detection, segments=known)
    main = detection.mark_id if detection.mark_id in records else next(iter(records))
    record = records[str(main)]
    verdicts = [
        _agreement(runtime, look, detection, mark_id, each.manifest_id)
        for mark_id, each in records.items()
    ]
    verdict = max(verdicts, key=_WEAKNESS.index)
    return Recovery(
        manifest_id=record.manifest_id,
        ways=("watermark", "fingerprint") if verdict == "strong" else ("watermark",),
        agreement=verdict,
        credentials=record.credentials,
        segments=tuple(
            MarkedSegment(
                start_s=segment.start_s,
                end_s=segment.end_s,
                manifest_id=records[segment.mark_id].manifest_id,
            )
            for segment in known
        ),
    )


def _agreement(
    runtime: Runtime, look: Fingerprint, detection: Detection, mark_id: str, manifest_id: str
) -> Agreement:
    with runtime.transaction(PUBLIC) as session:
        stored = fingerprint_store.find(session, manifest_id)
    if stored is None:
        return "none"
    compared = _compare(look, stored, detection, mark_id)
    return "strong" if compared.strong else "weak" if compared.score > 0 else "none"


def _compare(
    look: Fingerprint,
    stored: StoredFingerprint,
    detection: Detection,
    mark_id: str,
) -> Compared:
    """Compare the longest stretch that carries the mark, at the geometry the mark lies in."""
    geometry = detection.geometry
    stretch = max(
        (segment for segment in detection.segments if segment.mark_id == mark_id),
        key=lambda segment: segment.end_s - segment.start_s,
    )
    # A montage shows other videos around the stretch; its edges are known to a second.
    edges = (stretch.start_s + EDGE_S, stretch.end_s - EDGE_S)
    return agreement(
        look,
        stored,
        flipped=geometry is not None and geometry.flipped,
        rotation_deg=geometry.rotation_deg if geometry else 0.0,
        between_s=edges if _is_montage(look, detection) and edges[0] < edges[1] else None,
    )


def _is_montage(look: Fingerprint, detection: Detection) -> bool:
    """
    Say whether the video is made of marked parts, several of them and hardly anything else.

    Only then is a part compared by itself: a short piece of a registered video inside something
    else must not speak for all of it.
    """
    marked_s = sum(segment.end_s - segment.start_s for segment in detection.segments)
    several = len({segment.mark_id for segment in detection.segments}) > 1
    return several and marked_s >= MARKED_MIN * look.duration_s


def _alike(runtime: Runtime, look: Fingerprint) -> Recovery | None:
    """Without a mark, the most similar registered video is a hint at best."""
    manifest_id = find_alike(runtime, look)
    if manifest_id is None:
        return None
    with runtime.transaction(PUBLIC) as session:
        kept = find_store(session, manifest_id)
    if kept is None:
        return None
    report = read_store(runtime.blobs.get_bytes(kept.blob), trust=runtime.trust_lists)
    return Recovery(
        manifest_id=manifest_id,
        ways=("fingerprint",),
        agreement="weak",
        credentials=report,
    )

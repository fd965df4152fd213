"""Find the registered video whose pictures are most like those of a file: a hint, never proof."""

import threading
from collections import Counter
from typing import Final

from manifests.marks import fingerprint_store
from manifests.marks.fingerprint import Fingerprint
from manifests.marks.index import WindowIndex
from service.runtime import Runtime

DISTANCE_MAX_BITS: Final = 64
"""A similarity of 0.75: the most alike windows of unlike works stay under 0.74."""
WINDOWS_MIN_SHARE: Final = 0.5

_updating: Final = threading.Lock()


def find_alike(runtime: Runtime, look: Fingerprint) -> str | None:
    """
    Name the manifest that at least half of the telling windows resemble; None when there is none.

    The index is brought up to date first: it only reads what was registered since.
    """
    codes = [window.code for window in look.windows["full"] if window.is_evidence]
    if not codes:
        return None
    index = WindowIndex(runtime.settings.index_folder)
    with _updating, runtime.transaction() as session:
        fingerprint_store.bring_up_to_date(session, index)
    votes: Counter[str] = Counter()
    for hits in index.search(codes, count=1, distance_max=DISTANCE_MAX_BITS):
        votes.update(hit.manifest_id for hit in hits)
    if not votes:
        return None
    manifest_id, count = votes.most_common(1)[0]
    return manifest_id if count >= WINDOWS_MIN_SHARE * len(codes) else None

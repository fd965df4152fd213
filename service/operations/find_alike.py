"""Find the registered video whose pictures are most like those of a file: a hint, never proof."""

import threading
from typing import Final

from manifests.marks import fingerprint_store
from manifests.marks.candidates import find_candidates
from manifests.marks.fingerprint import Fingerprint
from manifests.marks.index import WindowIndex
from service.runtime import Runtime

_updating: Final = threading.Lock()


def find_alike(runtime: Runtime, look: Fingerprint) -> str | None:
    """
    Name the manifest that the pictures suggest; None when nothing stands out.

    The index is brought up to date first: it only reads what was registered since.
    """
    index = WindowIndex(runtime.settings.index_folder)
    with _updating, runtime.transaction() as session:
        fingerprint_store.bring_up_to_date(session, index)
    best = next(iter(find_candidates(look, index, limit=1)), None)
    return best.manifest_id if best is not None and best.is_likely else None

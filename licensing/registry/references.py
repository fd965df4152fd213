"""By what a subject can be recognised, and by what it can be shown whose it is."""

from dataclasses import dataclass

from licensing.registry.identifiers import Identifier


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a document of ownership says it: the document by its digest, and the place in it."""

    document_sha256: str
    title: str
    place: str | None = None


@dataclass(frozen=True, slots=True)
class ReferenceMedia:
    """A picture or film that shows what the subject looks like, and what proves whose it is."""

    sha256: str
    media_type: str
    citations: tuple[Citation, ...]
    iscc: Identifier | None = None

"""
What can be wrong with a rights expression that somebody hands in.

    LicensingError
    └── StandardsError
        ├── DeclarationMalformed    the document breaks the rules of its standard
        ├── DeclarationTooLarge     the document is beyond every honest size
        ├── DeclarationUnsafe       the XML brings its own entities or document type
        ├── StandardUnknown         nobody here reads a standard of this name
        ├── StandardSwitchedOff     the draft is read and written only when it is switched on
        ├── PartUnclear             the document speaks of several things, and none was chosen
        ├── SubjectNotOwned         who hands it in owns no share of the subject
        ├── TooManySources          the owner has as many sources for the subject as are heard
        ├── DocumentMissing         neither a document nor the address of one was given
        └── UnknownDeclaration      no declaration of this tenant has this id

Each has a stable `code`, its facts as attributes and a sentence with the next step.
"""

from collections.abc import Sequence
from typing import Final

from licensing.errors import LicensingError

# More names than this help nobody to choose.
_MOST_NAMES: Final = 10


class StandardsError(LicensingError):
    """The rights expression cannot be taken."""

    code = "standards_error"


class DeclarationMalformed(StandardsError):
    """The rights expression breaks the rules of its standard."""

    code = "declaration_malformed"

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(
            f"{where}: {problem}. Correct the document and hand it in again; "
            "`rakkan standards check FILE` reads without importing.",
        )
        self.where = where
        self.problem = problem


class DeclarationTooLarge(StandardsError):
    """The rights expression is larger than any honest one."""

    code = "declaration_too_large"

    def __init__(self, what: str, limit: int) -> None:
        super().__init__(
            f"The document has more than {limit:,} {what}. "
            "Hand in the part about one subject alone.",
        )
        self.what = what
        self.limit = limit


class DeclarationUnsafe(StandardsError):
    """The XML document brings its own document type or entities."""

    code = "declaration_unsafe"

    def __init__(self, problem: str) -> None:
        super().__init__(
            f"The document has {problem}, which can hide a bomb and is never read. "
            "Leave the document type out.",
        )
        self.problem = problem


class StandardUnknown(StandardsError):
    """Nothing here reads or writes a standard of this name."""

    code = "standard_unknown"

    def __init__(self, standard: str, known: Sequence[str]) -> None:
        super().__init__(
            f"{standard!r} is no standard this service knows. Use one of {', '.join(known)}.",
        )
        self.standard = standard
        self.known = tuple(known)


class StandardSwitchedOff(StandardsError):
    """The standard is a draft, and the operator has not switched it on."""

    code = "standard_switched_off"

    def __init__(self, standard: str) -> None:
        super().__init__(
            f"{standard} is a draft that its authors do not want in production. The operator "
            "switches it on with RAKKAN_RSL_MEDIA_DRAFT=2026-06.",
        )
        self.standard = standard


class PartUnclear(StandardsError):
    """The rights expression speaks of several things, and none of them was chosen."""

    code = "declaration_part_unclear"

    def __init__(self, parts: Sequence[str]) -> None:
        named = ", ".join(ascii(part)[1:-1][:80] for part in parts[:_MOST_NAMES]) or "nothing"
        more = f" and {len(parts) - _MOST_NAMES} more" if len(parts) > _MOST_NAMES else ""
        super().__init__(
            f"The document speaks of {named}{more}. Say which part is about the subject "
            "(`part`, `--part`).",
        )
        self.parts = tuple(parts[:_MOST_NAMES])


class SubjectNotOwned(StandardsError):
    """Only an owner of a subject declares something about it."""

    code = "subject_not_owned"

    def __init__(self, subject_id: str) -> None:
        super().__init__(
            f"You own no share of {subject_id!r}, nor of what it belongs to. "
            "Ask the operator to register your share first.",
        )
        self.subject_id = subject_id


class TooManySources(StandardsError):
    """The subject has as many sources of this owner as a decision hears."""

    code = "too_many_sources"

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"A decision hears {limit} sources of one owner for a subject. "
            "Take one back before you add another.",
        )
        self.limit = limit


class DocumentMissing(StandardsError):
    """A document, or the address of one, is needed: one of the two."""

    code = "document_missing"

    def __init__(self) -> None:
        super().__init__("Send either `source_url` or `document`, and not both.")


class UnknownDeclaration(StandardsError):
    """No declaration of yours has this id."""

    code = "unknown_declaration"

    def __init__(self, declaration_id: str) -> None:
        super().__init__(
            f"No declaration has the id {declaration_id!r}. `GET /v1/declarations` shows them.",
        )
        self.declaration_id = declaration_id

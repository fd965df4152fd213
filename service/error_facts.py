"""What an error says to a program and to a person, the same at every door."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from licensing.errors import LicensingError
from manifests.errors import ManifestsError
from service.errors import ServiceError

# What this repository raises on purpose. Anything else is a defect and is shown without details.
KNOWN_ERRORS = (LicensingError, ManifestsError, ServiceError)


@dataclass(frozen=True, slots=True)
class ErrorFacts:
    """One error in words: `title` names the cause, `detail` this case and its next step."""

    code: str
    title: str
    detail: str
    attributes: Mapping[str, object]

    def to_json(self) -> dict[str, object]:
        """Write `code`, `title` and `detail` first, the facts of this case after them."""
        own = {"code": self.code, "title": self.title, "detail": self.detail}
        return own | {name: value for name, value in self.attributes.items() if name not in own}


def facts_of(error: LicensingError | ManifestsError | ServiceError) -> ErrorFacts:
    """Read the facts off an error of this repository."""
    return ErrorFacts(
        code=error.code,
        title=(type(error).__doc__ or "").strip().split("\n", 1)[0],
        detail=str(error),
        # What a library hangs onto a passing exception starts with an underscore.
        attributes={
            name: _plain(value) for name, value in vars(error).items() if not name.startswith("_")
        },
    )


def _plain(value: object) -> object:
    """Turn an attribute into what JSON can say."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case datetime():
            return value.isoformat()
        case list() | tuple():
            return [_plain(item) for item in cast("list[object]", value)]
        case _:
            return str(value)

"""
What can go wrong when manifests are kept, found and fetched: all of them `RequestError`s.

    RequestError
    ├── UnknownManifest         no manifest store is kept under this id
    ├── UnknownBinding          no soft binding of this tenant has this value
    ├── ManifestStoreMalformed  the bytes are no whole C2PA manifest store
    ├── ManifestTaken           the id belongs to another owner or other bytes
    ├── BindingTaken            the soft binding belongs to another owner
    ├── BindingUnclear          no single algorithm fits the value
    ├── QueryTooLong            the value belongs into the body of a POST
    ├── MediaTypeRefused        the body is of a type this route does not take
    ├── RegionUnsupported       only spans of time can be searched
    ├── AddressRefused          an address this service does not connect to
    ├── FetchFailed             the other server did not give what was asked
    ├── ConsentMissing          nobody agreed that this file goes to others
    ├── AnswerTooLarge          the other server sent more than was allowed

Each has a stable `code`, its facts as attributes and a sentence with the next step.
"""

from service.errors import RequestError


class UnknownManifest(RequestError):
    """No manifest store is kept under this id."""

    code = "unknown_manifest"

    def __init__(self, manifest_id: str) -> None:
        super().__init__(
            f"No manifest store is kept under the id {manifest_id!r}. Search for it again.",
        )
        self.manifest_id = manifest_id


class UnknownBinding(RequestError):
    """No soft binding of yours has this value."""

    code = "unknown_binding"

    def __init__(self) -> None:
        super().__init__("No soft binding of yours has this value. Create it with POST.")


class ManifestStoreMalformed(RequestError):
    """The bytes are no whole C2PA manifest store."""

    code = "manifest_store_malformed"

    def __init__(self, problem: str) -> None:
        super().__init__(
            f"This is no whole C2PA manifest store: {problem}. "
            "Send the bytes of the store alone, without the asset around it.",
        )
        self.problem = problem


class ManifestTaken(RequestError):
    """The manifest id belongs to another owner or to other bytes."""

    code = "manifest_taken"

    def __init__(self, manifest_id: str) -> None:
        super().__init__(
            f"Another store is kept under the id {manifest_id!r}, or another owner keeps it. "
            "If it is yours, delete it first; otherwise ask the operator.",
        )
        self.manifest_id = manifest_id


class BindingTaken(RequestError):
    """The soft binding belongs to another owner."""

    code = "binding_taken"

    def __init__(self, alg: str) -> None:
        super().__init__(
            f"Another owner holds this value of {alg}. Use the value of your own mark.",
        )
        self.alg = alg


class BindingUnclear(RequestError):
    """No single algorithm fits the soft binding."""

    code = "binding_unclear"

    def __init__(self, algorithms: tuple[str, ...]) -> None:
        named = ", ".join(algorithms) or "no algorithm"
        super().__init__(f"The manifest names {named} for this value. Send `alg` as well.")
        self.algorithms = algorithms


class QueryTooLong(RequestError):
    """The value is too long for an address."""

    code = "query_too_long"

    def __init__(self, limit_chars: int) -> None:
        super().__init__(
            f"The value is longer than {limit_chars} characters. Send it with POST instead.",
        )
        self.limit_chars = limit_chars


class MediaTypeRefused(RequestError):
    """The body is of a type that this route does not take."""

    code = "media_type_refused"

    def __init__(self, expected: str) -> None:
        super().__init__(f"Send the body as {expected}, and say so in Content-Type.")
        self.expected = expected


class RegionUnsupported(RequestError):
    """Only spans of time can be searched, or the whole of an asset."""

    code = "region_unsupported"

    def __init__(self) -> None:
        super().__init__(
            "A search can be confined to spans of play time alone: regions of type temporal, whose "
            "start comes before their end, as in 12.5 or 00:01:02.5. Or leave `region` out.",
        )


class AddressRefused(RequestError):
    """The address leads where this service does not connect to."""

    code = "address_refused"

    def __init__(self, problem: str) -> None:
        super().__init__(
            f"The address is not fetched: {problem}. Use https and a host on the public internet.",
        )
        self.problem = problem


class FetchFailed(RequestError):
    """The other server did not give what was asked of it."""

    code = "fetch_failed"

    def __init__(self, problem: str) -> None:
        super().__init__(f"The address could not be fetched: {problem}. Check it and try again.")
        self.problem = problem


class ConsentMissing(RequestError):
    """Nobody agreed that this file is sent to other services."""

    code = "consent_missing"

    def __init__(self) -> None:
        super().__init__("This file was not agreed to be sent to others. Ask its owner first.")


class AnswerTooLarge(RequestError):
    """The other server sent more bytes than were allowed."""

    code = "answer_too_large"

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(
            f"What the address holds is larger than {limit_bytes:,} bytes. "
            "State its true length, or use a smaller file.",
        )
        self.limit_bytes = limit_bytes

"""
What can go wrong at the doors: who asks, what they name, and the machinery behind.

    ServiceError
    ├── AccessError
    │   ├── ApiKeyMissing           no key was sent
    │   ├── ApiKeyInvalid           the key is unknown or revoked
    │   ├── ScopeMissing            the key may not do this
    │   ├── ScopeUnknown            no key can have this scope
    │   └── RateLimited             too many anonymous requests
    ├── RequestError
    │   ├── NotFound                nothing lives at this address
    │   ├── UnknownTenant           no platform or licensor has this id
    │   ├── TenantExists            the id belongs to another tenant already
    │   ├── UnknownApiKey           no key has this id
    │   ├── UnknownStamp            no stamp of this platform has this id
    │   ├── UnknownVerification     the check does not exist, or its time is over
    │   ├── UnknownLicence          no licence has this id
    │   ├── UnknownReading          no record of how a prompt was read is kept
    │   ├── StampNotReady           the stamped file is not there yet
    │   ├── UploadNotExpected       the stamp already has its video
    │   ├── UploadTooLarge          more bytes than this service takes
    │   ├── OutputExists            the file to write is the file to read
    │   ├── FileUnreadable          the file named on the command line cannot be read
    │   └── IdempotencyKeyMissing   a request that may cost money needs a key
    └── MachineryError
        ├── DatabaseUnavailable     PostgreSQL does not answer
        ├── PostgresUnavailable     the embedded PostgreSQL cannot be started
        ├── SchemaOutdated          the database needs `rakkan db upgrade`
        ├── BlobStorageFull         there is no room for another file
        └── ServiceBusy             as much as this process does at once is under way

Each has a stable `code`, its facts as attributes and a sentence with the next step.
"""

from typing import ClassVar


class ServiceError(Exception):
    """The service cannot answer this request."""

    code: ClassVar[str] = "service_error"


class AccessError(ServiceError):
    """The caller may not do this."""

    code = "access_error"


class ApiKeyMissing(AccessError):
    """No API key was sent."""

    code = "api_key_missing"

    def __init__(self) -> None:
        super().__init__("Send your API key as `Authorization: Bearer rk_…`.")


class ApiKeyInvalid(AccessError):
    """The API key is unknown or revoked."""

    code = "api_key_invalid"

    def __init__(self) -> None:
        super().__init__("The API key is unknown or revoked. Ask the operator for a new one.")


class ScopeMissing(AccessError):
    """The API key may not do this."""

    code = "scope_missing"

    def __init__(self, scope: str) -> None:
        super().__init__(f"The API key lacks the scope {scope!r}. Use a key that has it.")
        self.scope = scope


class ScopeUnknown(AccessError):
    """No API key can have this scope."""

    code = "scope_unknown"

    def __init__(self, scope: str, known: tuple[str, ...]) -> None:
        super().__init__(f"There is no scope {scope!r}. Choose among {', '.join(known)}.")
        self.scope = scope
        self.known = known


class RateLimited(AccessError):
    """Too many requests came from this address."""

    code = "rate_limited"

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"Too many requests from this address. Try again in {retry_after_s} s.")
        self.retry_after_s = retry_after_s


class RequestError(ServiceError):
    """The request names something that is not there, or comes at the wrong time."""

    code = "request_error"


class NotFound(RequestError):
    """Nothing lives at this address."""

    code = "not_found"

    def __init__(self, path: str) -> None:
        super().__init__(f"Nothing lives at {path}. The API is described at /openapi.json.")
        self.path = path


class UnknownTenant(RequestError):
    """No platform or licensor has this id."""

    code = "unknown_tenant"

    def __init__(self, tenant_id: str) -> None:
        super().__init__(
            f"No platform or licensor has the id {tenant_id!r}. "
            "Add a platform with `rakkan platforms add`, a licensor with `rakkan registry import`.",
        )
        self.tenant_id = tenant_id


class TenantExists(RequestError):
    """The id already belongs to another tenant."""

    code = "tenant_exists"

    def __init__(self, tenant_id: str) -> None:
        super().__init__(f"The id {tenant_id!r} is taken by another tenant. Choose another id.")
        self.tenant_id = tenant_id


class UnknownApiKey(RequestError):
    """No API key has this id."""

    code = "unknown_api_key"

    def __init__(self, key_id: str) -> None:
        super().__init__(f"No API key has the id {key_id!r}. See `rakkan api-keys list`.")
        self.key_id = key_id


class UnknownStamp(RequestError):
    """No stamp of this platform has this id."""

    code = "unknown_stamp"

    def __init__(self, stamp_id: str) -> None:
        super().__init__(f"No stamp has the id {stamp_id!r}. Create one with POST /v1/stamps.")
        self.stamp_id = stamp_id


class UnknownVerification(RequestError):
    """The check does not exist, or its time is over."""

    code = "unknown_verification"

    def __init__(self, verification_id: str) -> None:
        super().__init__("This check does not exist, or its time is over. Check the video again.")
        self.verification_id = verification_id


class UnknownLicence(RequestError):
    """No licence has this id."""

    code = "unknown_licence"

    def __init__(self, licence_id: str) -> None:
        super().__init__(f"No licence has the id {licence_id!r}. Read it again from the manifest.")
        self.licence_id = licence_id


class UnknownReading(RequestError):
    """No record is kept of how the prompt of this clearance was read."""

    code = "unknown_reading"

    def __init__(self, clearance_id: str) -> None:
        super().__init__(
            f"No reading of the clearance {clearance_id!r} is kept: its time is over, or it was "
            "read before records were. Ask for a new clearance to have one.",
        )
        self.clearance_id = clearance_id


class StampNotReady(RequestError):
    """The stamped file is not there yet."""

    code = "stamp_not_ready"

    def __init__(self, stamp_id: str, status: str) -> None:
        super().__init__(f"Stamp {stamp_id} is {status}. Ask GET /v1/stamps/{stamp_id} first.")
        self.stamp_id = stamp_id
        self.status = status


class UploadNotExpected(RequestError):
    """The stamp already has its video."""

    code = "upload_not_expected"

    def __init__(self, stamp_id: str, status: str) -> None:
        super().__init__(
            f"Stamp {stamp_id} is {status} and takes no other video. Create a new stamp.",
        )
        self.stamp_id = stamp_id
        self.status = status


class UploadTooLarge(RequestError):
    """The upload has more bytes than this service takes."""

    code = "upload_too_large"

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"The upload is larger than {limit_bytes:,} bytes. Send a smaller file.")
        self.limit_bytes = limit_bytes


class OutputExists(RequestError):
    """The file to write is the file to read."""

    code = "output_exists"

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} is the input itself, and inputs are never changed. Name another.")
        self.path = path


class FileUnreadable(RequestError):
    """The named file cannot be read or written."""

    code = "file_unreadable"

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path}: {problem}. Check the name and its permissions.")
        self.path = path
        self.problem = problem


class IdempotencyKeyMissing(RequestError):
    """A request that may cost money needs an idempotency key."""

    code = "idempotency_key_missing"

    def __init__(self) -> None:
        super().__init__(
            "Send an `Idempotency-Key` header: a value of yours, new for each clearance and the "
            "same for each retry of it.",
        )


class MachineryError(ServiceError):
    """A part of this service does not work at the moment; nothing was changed."""

    code = "machinery_error"


class DatabaseUnavailable(MachineryError):
    """PostgreSQL does not answer."""

    code = "database_unavailable"

    def __init__(self) -> None:
        super().__init__("The database does not answer. Nothing was changed; try again shortly.")


class PostgresUnavailable(MachineryError):
    """The embedded PostgreSQL cannot be started."""

    code = "postgres_unavailable"

    def __init__(self, problem: str) -> None:
        super().__init__(f"The embedded PostgreSQL cannot be started: {problem}")
        self.problem = problem


class SchemaOutdated(MachineryError):
    """The database was made by another version of Rakkan."""

    code = "schema_outdated"

    def __init__(self, *, found: str | None, expected: str) -> None:
        super().__init__(
            f"The database is at revision {found or 'none'}, this version needs {expected}. "
            "Run `rakkan db upgrade`.",
        )
        self.found = found
        self.expected = expected


class BlobStorageFull(MachineryError):
    """There is no room for another file."""

    code = "blob_storage_full"

    def __init__(self) -> None:
        super().__init__("The file store is full. Nothing was kept; free some space and retry.")


class ServiceBusy(MachineryError):
    """As many costly requests as this process takes are under way."""

    code = "service_busy"

    def __init__(self) -> None:
        super().__init__(
            "As many searches as this service runs at once are under way. Try again shortly.",
        )

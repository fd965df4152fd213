"""
What can go wrong with a video, a signature or the keys behind it. A verdict is never an error.

    ManifestsError
    ├── MediaError
    │   ├── UnsupportedMedia          the bytes are no container or codec that is accepted
    │   ├── PictureUnsupported        the bytes are no picture of a kind that is accepted
    │   ├── MalformedMedia            the container cannot be read to its end
    │   ├── MediaTooLarge             more bytes than are accepted
    │   ├── MediaTooLong              more seconds than are accepted
    │   ├── NoVideoStream             nothing to look at
    │   ├── PictureTooLarge           more pixels than are accepted
    │   ├── ToolFailed                ffmpeg gave up
    │   ├── ToolTimedOut              ffmpeg used up its time
    │   ├── SandboxUnavailable        this machine cannot keep ffmpeg away from the network
    │   └── DiskFull                  no room for the copy that is being made
    ├── TrustError
    │   ├── CredentialsMissing        no signing keys in the folder
    │   ├── CredentialsUnreadable     the keys are there, but damaged, expired or open to others
    │   ├── KeysSealed                the signing keys need another passphrase
    │   └── TrustListAltered          a shipped trust list is not the one that was released
    ├── MarksError
    │   └── MalformedSignature        a fingerprint's data cannot be read
    └── CredentialsError
        ├── TimestampUnavailable      no timestamp authority answered in time
        ├── SigningFailed             the manifest could not be signed
        └── LicenceMalformed          a licence assertion does not say what version 1 says

Each class has a stable `code`, its facts as attributes, and a sentence with the next step. The
HTTP status belongs to the service.
"""

from typing import ClassVar


class ManifestsError(Exception):
    """Base of everything this library raises on purpose."""

    code: ClassVar[str] = "manifests_error"


class MediaError(ManifestsError):
    """The video cannot be worked with."""

    code = "media_error"


class UnsupportedMedia(MediaError):
    """The bytes are no container or codec that is accepted."""

    code = "unsupported_media"

    def __init__(self, found: str) -> None:
        super().__init__(
            f"This is not a video that can be read here: {found}. "
            "Send MP4, MOV, M4V, WebM, MKV or AVI in H.264, HEVC, VP9 or AV1.",
        )
        self.found = found


class PictureUnsupported(MediaError):
    """The bytes are no picture of a kind that is accepted."""

    code = "picture_unsupported"

    def __init__(self, problem: str) -> None:
        super().__init__(
            f"This is no picture that can be named here: {problem}. Send a whole PNG, JPEG or WebP."
        )
        self.problem = problem


class MalformedMedia(MediaError):
    """The container cannot be read to its end."""

    code = "malformed_media"

    def __init__(self, problem: str) -> None:
        super().__init__(f"The video is damaged: {problem}. Export it again and send that copy.")
        self.problem = problem


class MediaTooLarge(MediaError):
    """The file has more bytes than are accepted."""

    code = "media_too_large"

    def __init__(self, *, size_bytes: int, limit_bytes: int) -> None:
        super().__init__(
            f"The file has {size_bytes} bytes, at most {limit_bytes} are accepted. "
            "Send a smaller file.",
        )
        self.size_bytes = size_bytes
        self.limit_bytes = limit_bytes


class MediaTooLong(MediaError):
    """The video lasts longer than is accepted."""

    code = "media_too_long"

    def __init__(self, *, duration_ms: int, limit_ms: int) -> None:
        super().__init__(
            f"The video lasts {duration_ms / 1000:g} s, at most {limit_ms / 1000:g} s are "
            "accepted. Send a shorter video.",
        )
        self.duration_ms = duration_ms
        self.limit_ms = limit_ms


class NoVideoStream(MediaError):
    """The container holds nothing to look at."""

    code = "no_video_stream"

    def __init__(self) -> None:
        super().__init__("The file holds no video stream. Send a file with moving pictures.")


class PictureTooLarge(MediaError):
    """A frame has more pixels than are accepted."""

    code = "picture_too_large"

    def __init__(self, *, width: int, height: int, limit_pixels: int) -> None:
        super().__init__(
            f"The picture is {width}×{height}, at most {limit_pixels} pixels are accepted. "
            "Send a smaller picture size.",
        )
        self.width = width
        self.height = height
        self.limit_pixels = limit_pixels


class ToolFailed(MediaError):
    """The media tool ended without a result."""

    code = "media_tool_failed"

    def __init__(self, tool: str, *, exit_status: int, stderr_tail: str) -> None:
        super().__init__(
            f"{tool} ended with status {exit_status}: {stderr_tail or 'no message'}. "
            "Check that the video plays, then send it again.",
        )
        self.tool = tool
        self.exit_status = exit_status
        self.stderr_tail = stderr_tail


class ToolTimedOut(MediaError):
    """The media tool used up its time and was ended."""

    code = "media_tool_timed_out"

    def __init__(self, tool: str, *, limit_s: float) -> None:
        super().__init__(
            f"{tool} was ended after {limit_s:g} s. Send a shorter or smaller video.",
        )
        self.tool = tool
        self.limit_s = limit_s


class SandboxUnavailable(MediaError):
    """No sandbox keeps the media tool away from the network on this machine."""

    code = "sandbox_unavailable"

    def __init__(self, problem: str) -> None:
        super().__init__(
            f"Videos are only opened in a sandbox, and none can be made here: {problem}. "
            "Allow unprivileged user namespaces or seccomp filters on this machine.",
        )
        self.problem = problem


class DiskFull(MediaError):
    """There is no room for the copy that is being made."""

    code = "disk_full"

    def __init__(self, folder: str) -> None:
        super().__init__(f"No room is left in {folder}. Free some space, then try again.")
        self.folder = folder


class TrustError(ManifestsError):
    """The keys or the trust lists cannot be used."""

    code = "trust_error"


class CredentialsMissing(TrustError):
    """The folder holds no signing keys."""

    code = "credentials_missing"

    def __init__(self, folder: str) -> None:
        super().__init__(
            f"There are no signing keys in {folder}. Make them with `rakkan keys init`."
        )
        self.folder = folder


class CredentialsUnreadable(TrustError):
    """The signing keys are there, but cannot be used as they are."""

    code = "credentials_unreadable"

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(
            f"{path}: {problem}. Restore it from a backup, or move the folder away and run "
            "`rakkan keys init`.",
        )
        self.path = path
        self.problem = problem


class KeysSealed(TrustError):
    """The signing keys need another passphrase."""

    code = "keys_sealed"

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(
            f"{path}: {problem}. Set RAKKAN_KEYS_PASSPHRASE to the passphrase that sealed it."
        )
        self.path = path
        self.problem = problem


class TrustListAltered(TrustError):
    """A shipped trust list is not the one that was released."""

    code = "trust_list_altered"

    def __init__(self, name: str, *, expected_sha256: str, found_sha256: str) -> None:
        super().__init__(
            f"The trust list {name} was changed (SHA-256 {found_sha256[:16]}…, "
            f"released as {expected_sha256[:16]}…). Install the package again.",
        )
        self.name = name
        self.expected_sha256 = expected_sha256
        self.found_sha256 = found_sha256


class MarksError(ManifestsError):
    """A watermark or fingerprint cannot be worked with."""

    code = "marks_error"


class MalformedSignature(MarksError):
    """The data that a fingerprint is made of cannot be read."""

    code = "malformed_signature"

    def __init__(self, problem: str) -> None:
        super().__init__(
            f"The fingerprint cannot be read: {problem}. Take it again from the video.",
        )
        self.problem = problem


class CredentialsError(ManifestsError):
    """The manifest cannot be written or read."""

    code = "credentials_error"


class TimestampUnavailable(CredentialsError):
    """No timestamp authority answered in time, so nothing was signed."""

    code = "timestamp_unavailable"

    def __init__(self, attempts: tuple[str, ...]) -> None:
        super().__init__(
            f"No timestamp authority answered: {'; '.join(attempts) or 'none is set'}. "
            "Nothing was signed. Try again later, or set other authorities in RAKKAN_TSA_URLS.",
        )
        self.attempts = attempts


class SigningFailed(CredentialsError):
    """The manifest could not be signed; no file was written."""

    code = "signing_failed"

    def __init__(self, problem: str) -> None:
        super().__init__(
            f"The video could not be signed: {problem}. No file was written. "
            "Check the keys with `rakkan keys show`.",
        )
        self.problem = problem


class LicenceMalformed(CredentialsError):
    """A licence assertion does not say what version 1 says."""

    code = "licence_malformed"

    def __init__(self, problem: str) -> None:
        super().__init__(
            f"The licence assertion cannot be read: {problem}. Do not rely on it; "
            "ask whoever signed the video.",
        )
        self.problem = problem

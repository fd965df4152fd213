"""What this library asks of the outside: someone who holds a key, someone who tells the time."""

from typing import Protocol


class ClaimSigner(Protocol):
    """
    Holds the private key of the claim-signing certificate, wherever that key lives.

    A file, a separate signer process, a hardware module or a key service can stand behind it; the
    C2PA engine only ever sees the signature.
    """

    def sign(self, to_be_signed: bytes) -> bytes:
        """
        Sign with ECDSA on P-256 over SHA-256 and return r and s, 32 bytes each, big-endian.

        COSE wants this raw form (RFC 9053, section 2.1); key services answer in DER, which must be
        converted. Whatever is raised here reaches the caller of `sign_video` as its cause.
        """
        ...


class TimestampSource(Protocol):
    """An RFC 3161 timestamp authority, near or far."""

    @property
    def name(self) -> str:
        """The name an error message gives it, such as its address."""
        ...

    def ask(self, request_der: bytes, *, limit_s: float) -> bytes:
        """
        Answer a DER TimeStampReq with a DER TimeStampResp.

        Raises `OSError` when it cannot be reached; its caller stops waiting after `limit_s`.
        """
        ...

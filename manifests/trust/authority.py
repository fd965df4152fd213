"""
The development timestamp authority: an RFC 3161 responder that any signing process can hold.

It proves nothing to strangers, because whoever runs it also sets its clock; it lets the whole road
run without a network. Formats: RFC 3161 (time-stamp protocol), RFC 5652 (CMS), RFC 5816 (the
signing certificate named by SHA-256).
"""

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

POLICY = "1.3.6.1.4.1.32473.1"
"""
RFC 3161 wants a policy; this one, under the number for examples (RFC 5612), promises nothing.

Not under 2.25, the arc for random identifiers: validators exist that cannot read 128-bit arcs.
"""

DIGEST_SIZES_BYTES = {"sha256": 32, "sha384": 48, "sha512": 64}
REQUEST_LIMIT_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class TimestampAuthority:
    """Signs "these bytes existed at this time"; `now` is its clock and answers in aware UTC."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey
    now: Callable[[], datetime]

    @property
    def name(self) -> str:
        """The name an error message gives it."""
        return "the development authority"

    def ask(self, request_der: bytes, *, limit_s: float) -> bytes:  # noqa: ARG002 - answers at once
        """Answer as any timestamp source does; nothing here waits."""
        return self.respond(request_der)

    def respond(self, request_der: bytes) -> bytes:
        """Answer a DER TimeStampReq with a DER TimeStampResp, a refusal included."""
        try:
            request = tsp.TimeStampReq.load(request_der, strict=True)
            imprint = request["message_imprint"]
            algorithm = imprint["hash_algorithm"]["algorithm"].native
            digest = imprint["hashed_message"].native
            nonce = request["nonce"].native
            with_certificate = bool(request["cert_req"].native)
        except (ValueError, TypeError, KeyError):
            return _refusal("bad_data_format")
        if DIGEST_SIZES_BYTES.get(algorithm) != len(digest):
            return _refusal("bad_alg")
        return self._grant(imprint, nonce, with_certificate=with_certificate)

    def _grant(
        self, imprint: tsp.MessageImprint, nonce: int | None, *, with_certificate: bool
    ) -> bytes:
        facts = {
            "version": "v1",
            "policy": POLICY,
            "message_imprint": imprint,
            "serial_number": secrets.randbits(63),
            "gen_time": self.now().replace(microsecond=0),
            "accuracy": {"seconds": 1},
        }
        if nonce is not None:
            facts["nonce"] = nonce
        info = tsp.TSTInfo(facts).dump()
        own = asn1_x509.Certificate.load(self.certificate.public_bytes(Encoding.DER))
        attributes = _signed_attributes(info, own)
        signed_data = {
            "version": "v3",
            "digest_algorithms": [{"algorithm": "sha256"}],
            "encap_content_info": {
                "content_type": "tst_info",
                "content": core.ParsableOctetString(info),
            },
            "signer_infos": [self._signer_info(own, attributes)],
        }
        if with_certificate:
            signed_data["certificates"] = [own]
        return bytes(
            tsp.TimeStampResp(
                {
                    "status": {"status": "granted"},
                    "time_stamp_token": {
                        "content_type": "signed_data",
                        "content": cms.SignedData(signed_data),
                    },
                }
            ).dump()
        )

    def _signer_info(
        self, own: asn1_x509.Certificate, attributes: cms.CMSAttributes
    ) -> cms.SignerInfo:
        return cms.SignerInfo(
            {
                "version": "v1",
                "sid": {
                    "issuer_and_serial_number": {
                        "issuer": own.issuer,
                        "serial_number": own.serial_number,
                    }
                },
                "digest_algorithm": {"algorithm": "sha256"},
                "signed_attrs": attributes,
                "signature_algorithm": {"algorithm": "sha256_ecdsa"},
                "signature": self.key.sign(attributes.dump(), ec.ECDSA(hashes.SHA256())),
            }
        )


def _signed_attributes(info_der: bytes, own: asn1_x509.Certificate) -> cms.CMSAttributes:
    digest = hashes.Hash(hashes.SHA256())
    digest.update(info_der)
    return cms.CMSAttributes(
        [
            {"type": "content_type", "values": ["tst_info"]},
            {"type": "message_digest", "values": [digest.finalize()]},
            {
                "type": "signing_certificate_v2",
                "values": [
                    tsp.SigningCertificateV2(
                        {
                            "certs": [
                                {
                                    "hash_algorithm": algos.DigestAlgorithm(
                                        {"algorithm": "sha256"}
                                    ),
                                    "cert_hash": own.sha256,
                                }
                            ]
                        }
                    )
                ],
            },
        ]
    )


class Refusal(core.Sequence):  # type: ignore[misc]
    """A TimeStampResp without a token, which asn1crypto's own class cannot write."""

    _fields: ClassVar = [("status", tsp.PKIStatusInfo)]


def _refusal(reason: str) -> bytes:
    return bytes(Refusal({"status": {"status": "rejection", "fail_info": {reason}}}).dump())


@contextmanager
def serve_loopback(answer: Callable[[bytes], bytes | None], *, path: str = "/") -> Iterator[str]:
    """
    Answer RFC 3161 over HTTP on a free port of 127.0.0.1 and yield the address.

    `answer` turns a request into a response, or gives None when there is none to give (the asker
    then sees status 503). Another `path` answers 404, so an unguessable one keeps others out.
    """

    class Door(BaseHTTPRequestHandler):
        """One request; the default log on stderr is silenced."""

        timeout = 30

        def do_POST(self) -> None:
            """Read the query, write the reply."""
            length = int(self.headers.get("Content-Length") or 0)
            if self.path != path or not 0 < length <= REQUEST_LIMIT_BYTES:
                self.send_error(404)
                return
            reply = answer(self.rfile.read(length))
            if reply is None:
                self.send_error(503)
                return
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - inherited name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, name="timestamps", daemon=True
    )
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}{path}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

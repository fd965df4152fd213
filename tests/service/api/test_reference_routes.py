"""Searching with an address: only where it is switched on, and never on the inside."""

import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from httpx2 import Response
from starlette.testclient import TestClient

from manifests.credentials.boxes import manifest_store
from service.auth import SCOPES
from service.operations.tenants import add_platform, create_api_key
from service.runtime import Runtime
from service.settings import Settings
from service.web import create_app

SIGNED = Path(__file__).resolve().parents[2] / "golden" / "signed"


class Fetching(Settings):
    """An installation that fetches for others, and whose operator trusts one origin."""

    references_enabled: bool = True
    outgoing_allowed_origins: tuple[str, ...] = ()
    outgoing_limit_s: float = 10.0


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for loopback, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)
    address = x509.IPAddress(ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder(
            x509.Name([]), x509.Name([]), key.public_key(), x509.random_serial_number()
        )
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=True)
        .sign(key, SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + made.public_bytes(Encoding.PEM))
    return path


@pytest.fixture(scope="module")
def origin(certificate: Path) -> Iterator[str]:
    """The golden files behind https on loopback."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(SIGNED)))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"https://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def asker(
    runtime: Runtime, origin: str, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> TestClient:
    """A platform with a key, at an installation that trusts `origin`."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    settings = Fetching(
        **runtime.settings.model_dump(exclude_unset=True), outgoing_allowed_origins=(origin,)
    )
    fetching = Runtime(settings, database=runtime.database, blobs=runtime.blobs)
    tenant = f"asker-{id(fetching)}"
    add_platform(fetching, tenant, tenant)
    key = create_api_key(fetching, tenant, "tests", SCOPES).secret
    return TestClient(create_app(fetching), headers={"Authorization": f"Bearer {key}"})


def search(asker: TestClient, url: str, **changes: object) -> Response:
    size_bytes = (SIGNED / "intact.mp4").stat().st_size
    body = {"referenceUrl": url, "assetLength": size_bytes, "assetType": "video/mp4", **changes}
    return asker.post("/v1/matches/byReference", json=body)


def code(response: Response) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


def test_an_asset_is_fetched_and_found(asker: TestClient, origin: str) -> None:
    with (SIGNED / "intact.mp4").open("rb") as file:
        store = manifest_store(file) or b""
    kept = asker.post(
        "/v1/manifests", content=store, headers={"Content-Type": "application/c2pa"}
    ).json()

    found = search(asker, f"{origin}/intact.mp4")

    assert found.json() == {"matches": [{"manifestId": kept["manifestId"]}]}
    assert asker.delete(f"/v1/manifests/{kept['manifestId']}").status_code == 204


def test_a_span_of_time_is_searched_without_the_label_of_the_whole(
    asker: TestClient, origin: str
) -> None:
    with (SIGNED / "intact.mp4").open("rb") as file:
        store = manifest_store(file) or b""
    kept = asker.post(
        "/v1/manifests", content=store, headers={"Content-Type": "application/c2pa"}
    ).json()
    span = {"type": "temporal", "time": {"type": "ntp", "start": "0", "end": "0:00.5"}}

    found = search(asker, f"{origin}/intact.mp4", region=[span])

    assert found.json() == {"matches": []}
    assert asker.delete(f"/v1/manifests/{kept['manifestId']}").status_code == 204


def test_what_can_be_done_is_told(asker: TestClient) -> None:
    told = asker.get("/v1/services/capabilities").json()["supportedCapabilities"]

    assert "queryByReference" in told


@pytest.mark.parametrize(
    ("path", "changes", "answer"),
    [
        pytest.param("/intact.mp4", {"assetLength": 1000}, (413, "answer_too_large"), id="longer"),
        pytest.param(
            "/intact.mp4", {"assetType": "video/webm"}, (400, "fetch_failed"), id="another type"
        ),
        pytest.param("/missing.mp4", {}, (400, "fetch_failed"), id="nothing there"),
        pytest.param(
            "/intact.mp4",
            {"region": [{"type": "spatial"}]},
            (400, "region_unsupported"),
            id="a region that is no time",
        ),
        pytest.param(
            "/intact.mp4", {"region": []}, (400, "request_malformed"), id="no region at all"
        ),
        pytest.param("/intact.mp4", {"assetLength": 0}, (400, "request_malformed"), id="no length"),
    ],
)
def test_an_asset_that_is_not_what_was_told_is_refused(
    asker: TestClient, origin: str, path: str, changes: dict[str, object], answer: tuple[int, str]
) -> None:
    assert code(search(asker, f"{origin}{path}", **changes)) == answer


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("https://127.0.0.1/", "address_refused"),
        ("https://localhost:5432/", "address_refused"),
        ("https://169.254.169.254/latest/meta-data/", "address_refused"),
        ("https://[::ffff:10.0.0.1]/", "address_refused"),
        ("https://100.64.0.1/", "address_refused"),
        ("http://media.example.com/", "request_malformed"),
        ("file:///etc/passwd", "request_malformed"),
    ],
)
def test_nobody_gets_this_service_to_look_inside(asker: TestClient, url: str, problem: str) -> None:
    assert code(search(asker, url)) == (400, problem)

"""Other services are asked with consent alone, and believed as far as their manifests hold."""

import hashlib
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from manifests.credentials.boxes import manifest_store
from manifests.credentials.build import StampFacts
from manifests.credentials.sign import SignedVideo, sign_video
from service.database import Database
from service.errors import FileUnreadable
from service.operations.ask_others import ask_others, consent_for, service_names
from service.operations.verifications import (
    file_digest,
    get_verification,
    request_verification,
    run_verification,
    verify_file,
)
from service.resolution_errors import ConsentMissing
from service.resolver_client import UploadConsent
from service.runtime import Runtime
from service.settings import Settings

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "signed"
FILM = GOLDEN / "unsigned.mp4"


@dataclass
class Resolver:
    """The service of somebody else, on loopback: what it answers, and what it was sent."""

    matches: object = field(default_factory=list)
    stores: dict[str, bytes] = field(default_factory=dict)
    wait_s: float = 0.0
    films: list[bytes] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    origin: str = ""

    @property
    def host(self) -> str:
        return self.origin.removeprefix("http://")

    @property
    def url(self) -> str:
        return f"{self.origin}/v1"


@pytest.fixture
def resolver() -> Iterator[Resolver]:
    told = Resolver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.films.append(self.rfile.read(int(self.headers["Content-Length"])))
            time.sleep(told.wait_s)
            self.answer(json.dumps({"matches": told.matches}).encode())

        def do_GET(self) -> None:
            told.fetched.append(self.path)
            self.answer(told.stores.get(self.path.rsplit("/", 1)[-1]))

        def answer(self, body: bytes | None) -> None:
            self.send_response(404 if body is None else 200)
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    told.origin = f"http://127.0.0.1:{server.server_address[1]}"
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def asking(database: Database, tmp_path: Path, resolver: Resolver) -> Iterator[Runtime]:
    """An installation whose operator configured the other service."""
    settings = Settings(
        data_dir=tmp_path / "var",
        database_url=database.url.render_as_string(hide_password=False),
        resolver_urls=(resolver.url,),
        outgoing_allowed_origins=(resolver.origin,),
        outgoing_limit_s=0.5,
    )
    with Runtime.open(settings) as opened:
        yield opened


@pytest.fixture
def foreign(asking: Runtime, tmp_path: Path, resolver: Resolver) -> SignedVideo:
    """A video that the other service knows, signed by somebody on a list; not registered here."""
    signed = sign_video(
        FILM,
        tmp_path / "foreign.mp4",
        facts=StampFacts(
            title="Elsewhere",
            generator="Gen",
            generator_version="1",
            generated_at=datetime(2026, 11, 1, tzinfo=UTC),
        ),
        keys=asking.keys,
        timestamps=asking.timestamps,
        thumbnail=None,
    )
    resolver.matches = [{"manifestId": signed.manifest_id, "similarityScore": 97}]
    resolver.stores[signed.manifest_id] = signed.manifest_store
    return signed


def test_a_video_that_only_another_service_knows_is_shown_as_its_word(
    asking: Runtime, resolver: Resolver, foreign: SignedVideo
) -> None:
    blob = asking.blobs.put_file("checks/1", FILM)

    view = request_verification(asking, blob, may_ask_others=True).to_json()
    run_verification(asking, view["id"])

    assert view["may_be_sent_to"] == [resolver.url]
    result = get_verification(asking, view["id"]).to_json()["result"]
    assert (result["verdict"], result["reason"]) == ("possible_match", "known_elsewhere")
    assert result["manifest_id"] == foreign.manifest_id
    (said,) = result["others"]
    assert (said["service"], said["outcome"]) == (resolver.host, "match")
    assert said["signer"]["tier"] == "local"
    assert resolver.films == [FILM.read_bytes()]


def test_nothing_is_sent_without_consent(asking: Runtime, resolver: Resolver) -> None:
    view = request_verification(asking, asking.blobs.put_file("checks/1", FILM)).to_json()
    run_verification(asking, view["id"])

    result = get_verification(asking, view["id"]).to_json()["result"]
    assert "may_be_sent_to" not in view
    assert (result["verdict"], "others" in result) == ("nothing", False)
    assert resolver.films == []


def test_nothing_is_sent_when_the_label_leaves_no_question(
    asking: Runtime, resolver: Resolver
) -> None:
    intact = GOLDEN / "intact.mp4"

    verdict = verify_file(asking, intact, consent=consent_for(asking, file_digest(intact)))

    assert verdict.others == ()
    assert resolver.films == []


def test_a_consent_for_another_file_sends_nothing(asking: Runtime, resolver: Resolver) -> None:
    consent = consent_for(asking, hashlib.sha256(b"another").hexdigest())
    assert consent is not None

    with pytest.raises(ConsentMissing):
        ask_others(asking, FILM, consent)

    assert resolver.films == []


@pytest.mark.parametrize(
    "defect",
    ["signer on no list", "no store", "another manifest", "half a store", "no bytes"],
)
def test_a_manifest_that_does_not_hold_is_not_shown(
    asking: Runtime, resolver: Resolver, foreign: SignedVideo, defect: str
) -> None:
    name = foreign.manifest_id
    match defect:
        case "signer on no list":
            with (GOLDEN / "signer_on_no_list.mp4").open("rb") as file:
                store = manifest_store(file) or b""
            # Under whatever name: the id is not what makes it doubtful.
            name = "urn:c2pa:00000000-0000-4000-8000-000000000000"
            resolver.stores[name] = store
        case "no store":
            resolver.stores.clear()
        case "another manifest":
            name = "urn:c2pa:00000000-0000-4000-8000-000000000000"
            resolver.stores[name] = foreign.manifest_store
        case "half a store":
            resolver.stores[name] = foreign.manifest_store[: len(foreign.manifest_store) // 2]
        case "no bytes":
            resolver.stores[name] = b""
    resolver.matches = [{"manifestId": name}]

    verdict = verify_file(asking, FILM, consent=consent_for(asking, file_digest(FILM)))

    assert verdict.word == "nothing"
    assert verdict.others is not None
    assert [answer.outcome for answer in verdict.others] == ["doubtful"]
    assert verdict.manifest_id is None


def test_a_sound_manifest_is_found_behind_one_that_does_not_hold(
    asking: Runtime, resolver: Resolver, foreign: SignedVideo
) -> None:
    resolver.matches = [{"manifestId": "urn:c2pa:gone"}, {"manifestId": foreign.manifest_id}]

    verdict = verify_file(asking, FILM, consent=consent_for(asking, file_digest(FILM)))

    assert verdict.word == "possible_match"
    assert verdict.manifest_id == foreign.manifest_id


@pytest.mark.parametrize("trouble", ["slow", "nonsense"])
def test_a_service_in_trouble_holds_nothing_up(
    asking: Runtime, resolver: Resolver, trouble: str
) -> None:
    if trouble == "slow":
        resolver.wait_s = 1.5
    else:
        resolver.matches = "all of them"
    started_s = time.monotonic()

    (answer,) = ask_others(asking, FILM, _agreed(asking))

    assert answer.outcome == "unavailable"
    assert answer.problem
    assert time.monotonic() - started_s < 1.4


def test_an_answer_never_leads_to_an_address_inside(
    asking: Runtime, resolver: Resolver, foreign: SignedVideo
) -> None:
    resolver.matches = [{"manifestId": foreign.manifest_id, "endpoint": f"{resolver.origin}/admin"}]

    (answer,) = ask_others(asking, FILM, _agreed(asking))

    # The operator allowed this origin to be asked, not every address on it to be reached.
    assert answer.outcome == "doubtful"
    assert resolver.fetched == []


def test_where_no_service_is_configured_a_consent_means_nothing(runtime: Runtime) -> None:
    assert consent_for(runtime, "00" * 32) is None
    assert service_names(["https://a.example/v1", "https://a.example/v2", "odd"]) == (
        "a.example",
        "odd",
    )
    with pytest.raises(FileUnreadable):
        file_digest(Path("/nowhere/film.mp4"))


def _agreed(runtime: Runtime) -> UploadConsent:
    consent = consent_for(runtime, file_digest(FILM))
    assert consent is not None
    return consent

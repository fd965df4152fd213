"""Asking services of others: what is sent to whom, and how much of their answers is believed."""

import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from service.operations.match import Match
from service.outgoing import OutgoingClient, OutgoingPolicy
from service.resolution_errors import ConsentMissing, FetchFailed
from service.resolver_client import ResolverClient, UploadConsent

ALG, VALUE = "org.example.watermark.1", "aGVsbG8="
ID = "urn:c2pa:f9168c5e-ceb2-4faa-b6bf-329bf39fa1e4"

Ask = tuple[str, str, bytes]


class Others:
    """Services of others on loopback: what each path answers, and who asked what."""

    def __init__(self) -> None:
        self.answers: dict[str, bytes] = {}
        self.asked: list[Ask] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                outer.asked.append((self.command, self.path, body))
                answer = outer.answers.get(self.path.split("?")[0])
                self.send_response(404 if answer is None else 200)
                self.end_headers()
                self.wfile.write(answer or b"")

            do_GET = do_POST = handle_any  # noqa: N815 - the names http.server calls

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_address[1]}"

    def client(self, *names: str) -> ResolverClient:
        policy = OutgoingPolicy(allowed_origins=frozenset({self.origin}), limit_s=5)
        return ResolverClient(OutgoingClient(policy), [f"{self.origin}/{name}" for name in names])

    def say(self, path: str, found: object) -> None:
        self.answers[path] = json.dumps(found).encode()


@pytest.fixture
def others() -> Iterator[Others]:
    others = Others()
    thread = threading.Thread(target=others.server.serve_forever, args=(0.02,))
    thread.start()
    yield others
    others.server.shutdown()
    thread.join()
    others.server.server_close()


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"film")
    return path


def consent(clip: Path, *urls: str) -> UploadConsent:
    digest = hashlib.sha256(clip.read_bytes()).hexdigest()
    return UploadConsent(file_sha256=digest, resolver_urls=frozenset(urls))


def test_every_service_is_asked_and_one_that_fails_hinders_no_other(others: Others) -> None:
    others.say("/good/matches/byBinding", {"matches": [{"manifestId": ID}]})

    bad, good = others.client("bad", "good/").find_by_binding(ALG, VALUE)

    assert bad.problem is not None
    assert (good.matches, good.problem) == ((Match(manifest_id=ID),), None)
    assert json.loads(others.asked[1][2]) == {"alg": ALG, "value": VALUE}


@pytest.mark.parametrize(
    ("row", "match"),
    [
        pytest.param({"similarityScore": 88}, Match(manifest_id=ID, similarity_percent=88), id="a"),
        pytest.param({"similarityScore": None}, Match(manifest_id=ID), id="a score of null"),
        pytest.param({"similarityScore": 101}, Match(manifest_id=ID), id="a score beyond"),
        pytest.param({"similarityScore": True}, Match(manifest_id=ID), id="a score that is none"),
        pytest.param(
            {"endpoint": "https://x.example/v1"},
            Match(manifest_id=ID, endpoint="https://x.example/v1"),
            id="another host",
        ),
        pytest.param({"endpoint": 5}, Match(manifest_id=ID), id="a host that is none"),
        pytest.param(
            {"manifestId": "urn-c2pa-1-adobe"},
            Match(manifest_id="urn-c2pa-1-adobe"),
            id="a vendor's id",
        ),
        pytest.param({"manifestId": "../../etc"}, None, id="a path for an id"),
        pytest.param({"manifestId": "a" * 513}, None, id="an id that is too long"),
        pytest.param({"manifestId": 7}, None, id="an id that is none"),
    ],
)
def test_an_answer_is_read_leniently(others: Others, row: object, match: Match | None) -> None:
    assert isinstance(row, dict)
    others.say("/r/matches/byBinding", {"matches": [{"manifestId": ID} | row, "nonsense"]})

    (answer,) = others.client("r").find_by_binding(ALG, VALUE)

    assert answer.matches == (() if match is None else (match,))


@pytest.mark.parametrize(
    "body",
    [b"<html>", b"[]", b"{}", b'{"matches": 5}', b"[" * 100_000, b"\xff", b" " * (1024**2 + 1)],
    ids=["a page", "a list", "no matches", "a number", "deep", "no text", "too much"],
)
def test_an_answer_that_makes_no_sense_is_a_problem(others: Others, body: bytes) -> None:
    others.answers["/r/matches/byBinding"] = body

    (answer,) = others.client("r").find_by_binding(ALG, VALUE)

    assert answer.matches == ()
    assert answer.problem is not None


def test_a_file_goes_only_to_the_services_that_the_consent_names(
    others: Others, clip: Path
) -> None:
    others.say("/a/matches/byContent", {"matches": [{"manifestId": ID}]})

    answers = others.client("a", "b").find_by_content(
        clip, "video/mp4", consent=consent(clip, f"{others.origin}/a/"), hint=(ALG, VALUE)
    )

    assert [answer.matches for answer in answers] == [(Match(manifest_id=ID),)]
    ((method, path, body),) = others.asked
    assert (method, body) == ("POST", b"film")
    assert path == (
        "/a/matches/byContent?maxResults=10&hintAlg=org.example.watermark.1&hintValue=aGVsbG8%3D"
    )


def test_a_consent_for_another_file_sends_nothing(others: Others, clip: Path) -> None:
    given = consent(clip, f"{others.origin}/a")
    clip.write_bytes(b"another film")

    with pytest.raises(ConsentMissing):
        others.client("a").find_by_content(clip, "video/mp4", consent=given)

    assert others.asked == []


def test_a_service_that_is_not_configured_is_never_asked(others: Others, clip: Path) -> None:
    given = consent(clip, f"{others.origin}/elsewhere")

    assert others.client("a").find_by_content(clip, "video/mp4", consent=given) == ()
    assert others.asked == []


@pytest.mark.parametrize("elsewhere", [False, True], ids=["the one asked", "the one it names"])
def test_a_manifest_is_fetched_from_the_service_that_holds_it(
    others: Others,
    elsewhere: bool,  # noqa: FBT001 - a case of the table
) -> None:
    endpoint = f"{others.origin}/other" if elsewhere else None
    others.answers[f"/{'other' if elsewhere else 'r'}/manifests/{ID}"] = b"STORE"
    match = Match(manifest_id=ID, endpoint=endpoint)

    assert others.client().fetch_manifest(f"{others.origin}/r", match) == b"STORE"


def test_a_host_tells_where_its_service_is(others: Others) -> None:
    path = "/.well-known/c2pa-soft-binding-resolution"
    others.say(path, {"apiEndpoint": "https://x.example/v1/"})

    assert others.client().discover(others.origin) == "https://x.example/v1"
    for nonsense in ([], {}, {"apiEndpoint": 5}, {"apiEndpoint": "v1"}):
        others.say(path, nonsense)
        with pytest.raises(FetchFailed):
            others.client().discover(others.origin)

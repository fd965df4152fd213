"""Sources of declarations on a real server: fetched, fetched again, gone, changed, hostile."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from sqlalchemy import func, select, table

from service.database import Database
from service.operations.declarations import (
    Handed,
    defer_due_looks,
    end_declaration,
    import_declaration,
    list_declarations,
    refresh_declaration,
)
from service.operations.registry import import_registry
from service.resolution_errors import AnswerTooLarge, FetchFailed
from service.runtime import OPERATOR, Runtime
from service.settings import Settings

OWNER = "studio-example"
REGISTRY = {
    "format": "rakkan-registry/1",
    "subjects": [
        {
            "id": "mio",
            "kind": "character",
            "names": [{"text": "Miolanthe Voss", "lang": "en", "kind": "official"}],
        },
    ],
    "licensors": [{"id": OWNER, "name": "Studio Example"}],
    "ownership": [{"subject": "mio", "licensor": OWNER, "share": "1/1"}],
}
RSL = (
    '<rsl xmlns="https://rslstandard.org/rsl" max-age="8"><content url="/*"><license>'
    '<prohibits type="usage">{}</prohibits></license></content></rsl>'
)


@dataclass
class Site:
    """What a site answers at the moment, and the clock of the installation that asks it."""

    body: bytes = RSL.format("ai-all").encode()
    status: int = 200
    asked: list[str] = field(default_factory=list)
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    url: str = ""


@contextmanager
def serving(site: Site) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(self.headers["Accept"])
            self.send_response(site.status)
            self.send_header("Content-Length", str(len(site.body)))
            self.end_headers()
            self.wfile.write(site.body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    with serving(site) as origin:
        site.url = f"{origin}/rsl.xml"
        yield site


@pytest.fixture
def asking(site: Site, database: Database, tmp_path: Path) -> Iterator[Runtime]:
    settings = Settings(
        data_dir=tmp_path / "var",
        database_url=database.url.render_as_string(hide_password=False),
        outgoing_allowed_origins=(site.url.removesuffix("/rsl.xml"),),
    )
    with Runtime.open(settings, clock=lambda: site.now) as runtime:
        import_registry(runtime, json.dumps(REGISTRY).encode())
        yield runtime


def count(runtime: Runtime, relation: str) -> int:
    with runtime.transaction() as session:
        return int(
            session.connection()
            .execute(select(func.count()).select_from(table(relation)))
            .scalar_one()
        )


def test_a_source_is_looked_after_until_its_owner_takes_it_back(
    asking: Runtime, site: Site
) -> None:
    kept = import_declaration(asking, OWNER, Handed(subject_id="mio", source=site.url))
    assert "application/rsl+xml" in site.asked[0]
    assert defer_due_looks(asking) == 0

    site.now += timedelta(days=4)
    assert defer_due_looks(asking) == 1
    assert refresh_declaration(asking, kept.id)
    assert defer_due_looks(asking) == 0
    (later,) = list_declarations(asking, OWNER)
    assert later.id == kept.id
    assert later.declaration.fresh_until == kept.declaration.fresh_until + timedelta(days=4)
    assert len(site.asked) == 2

    # Another worker that comes late finds it done.
    assert refresh_declaration(asking, kept.id)
    assert len(site.asked) == 2

    end_declaration(asking, OWNER, kept.id)
    site.now += timedelta(days=400)
    assert defer_due_looks(asking) == 0
    assert list_declarations(asking, OPERATOR) == []


def test_a_source_that_fails_keeps_its_word_until_it_is_too_old(
    asking: Runtime, site: Site
) -> None:
    kept = import_declaration(asking, OWNER, Handed(subject_id="mio", source=site.url))
    site.status = 500
    site.now += timedelta(days=4)

    first = refresh_declaration(asking, kept.id)
    site.now += timedelta(minutes=59)
    early = defer_due_looks(asking)
    site.now += timedelta(minutes=1)
    due = defer_due_looks(asking)
    site.status, site.body = 200, b"<html>moved</html>"
    second = refresh_declaration(asking, kept.id)

    assert (first, early, due, second) == (False, 0, 1, False)
    (failing,) = list_declarations(asking, OWNER)
    assert failing.declaration == kept.declaration
    assert failing.failures == 2
    assert failing.problem is not None
    assert failing.problem.startswith("declaration_malformed: root")

    site.body = RSL.format("ai-train").encode()
    assert refresh_declaration(asking, kept.id, early=True)
    (changed,) = list_declarations(asking, OWNER)
    assert changed.id != kept.id
    assert (changed.problem, changed.failures) == (None, 0)
    assert [each.usage for each in changed.declaration.statements] == ["ai-train"]
    # What it said before stays on record, with its bytes.
    assert count(asking, "declaration") == 2


@pytest.mark.parametrize(
    ("status", "body", "refusal"),
    [
        pytest.param(404, b"", FetchFailed, id="nothing there"),
        pytest.param(302, b"", FetchFailed, id="it leads elsewhere"),
        pytest.param(200, b" " * (1024**2 + 1), AnswerTooLarge, id="ten megabytes or more"),
    ],
)
def test_what_cannot_be_fetched_is_not_imported(
    asking: Runtime, site: Site, status: int, body: bytes, refusal: type[Exception]
) -> None:
    site.status, site.body = status, body

    with pytest.raises(refusal):
        import_declaration(asking, OWNER, Handed(subject_id="mio", source=site.url))

    assert count(asking, "declaration") == 0


def test_two_imports_at_once_keep_one_declaration(asking: Runtime, site: Site) -> None:
    handed = Handed(subject_id="mio", source=site.url)

    threads = [
        threading.Thread(target=import_declaration, args=(asking, OWNER, handed)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(list_declarations(asking, OWNER)) == 1
    assert count(asking, "declaration") == 1
    assert count(asking, "declaration_check") == 8

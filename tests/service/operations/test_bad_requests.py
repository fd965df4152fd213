"""Requests that must change nothing: each is a problem with a code, and no row is different."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from httpx2 import Response
from psycopg import sql
from starlette.testclient import TestClient

from licensing.clearance.token import TokenIssuer
from licensing.clearance.use import Use
from licensing.errors import (
    LicensingError,
    PeriodClosed,
    PeriodMalformed,
    PeriodNotBegun,
    RegistryMalformed,
)
from licensing.money import Money
from service.auth import SCOPES
from service.embedded_postgres import connect_directly, superuser_address
from service.operations.clearances import ClearanceRequest, clear_prompt
from service.operations.registry import import_registry
from service.operations.stamp_video import run_stamp
from service.operations.stamps import StampSource, queue_upload, request_stamp
from service.operations.statements import close_period, list_statements
from service.operations.tenants import add_platform, create_api_key, credit_platform
from service.runtime import Runtime
from service.web import create_app

PLATFORM, OTHER = "kirin-studio", "someone-else"
PROMPT = "星灯りの庭のミオが夜の温室で小さなロボットに花をわたす"
USE = {"territory": "JP", "purpose": "personal", "duration_s": 8, "audience_rating": "all"}
SOURCE = {"generator": "Kirin", "generator_version": "2", "created_at": "2026-11-22T00:00:00Z"}
STAMP = {"source": SOURCE}
CLEARANCE = {"prompt": PROMPT, "use": USE}


def everything(runtime: Runtime) -> dict[str, Any]:
    """Read every row of every table and the list of files: what "nothing was written" means."""
    address = superuser_address(runtime.database.url).set(database=runtime.database.url.database)
    rows: dict[str, Any] = {"blobs": runtime.blobs.list()}
    with connect_directly(address) as connection:
        for (table,) in connection.execute(
            "select tablename from pg_tables where schemaname = 'public' order by 1",
        ).fetchall():
            query = sql.SQL("select t::text from {} t order by 1").format(sql.Identifier(table))
            rows[table] = connection.execute(query).fetchall()
    return rows


@pytest.fixture
def site(garden: Runtime) -> Callable[[str], TestClient]:
    """The API in front of two platforms; asks with the key of the named one."""
    add_platform(garden, OTHER, "Someone Else")
    credit_platform(garden, OTHER, Money(10**9, "JPY"), reference="invoice-1")
    app = create_app(garden)
    keys = {each: create_api_key(garden, each, "k", SCOPES).secret for each in (PLATFORM, OTHER)}

    def client(platform: str) -> TestClient:
        key = keys.get(platform, platform)
        return TestClient(app, headers={"Authorization": f"Bearer {key}"})

    return client


def clear(client: TestClient, changes: Mapping[str, object] = MappingProxyType({})) -> Response:
    body = {**CLEARANCE, **changes}
    return client.post("/v1/clearances", json=body, headers={"Idempotency-Key": "one"})


def problem(response: Response) -> tuple[int, str]:
    facts = response.json()
    assert response.headers["Content-Type"] == "application/problem+json"
    assert facts["type"] == f"/problems/{facts['code']}"
    assert facts["detail"].endswith(".")
    return response.status_code, facts["code"]


def altered_payload(token: str) -> str:
    """Swap two characters inside the claims, and leave the signature."""
    header, payload, signature = token.split(".")
    return f"{header}.{payload[:40]}{payload[41]}{payload[40]}{payload[42:]}.{signature}"


@pytest.mark.parametrize(
    ("platform", "change", "expected"),
    [
        pytest.param(PLATFORM, altered_payload, (403, "token_invalid"), id="claims altered"),
        pytest.param(PLATFORM, lambda t: t[:-4] + "AAAA", (403, "token_invalid"), id="signature"),
        pytest.param(PLATFORM, lambda t: t[:-1], (403, "token_invalid"), id="cut short"),
        pytest.param(PLATFORM, lambda t: f"{t}.x", (422, "request_malformed"), id="a part more"),
        pytest.param(
            PLATFORM,
            lambda t: f"eyJhbGciOiJub25lIn0.{t.split('.')[1]}.",
            (422, "request_malformed"),
            id="unsigned",
        ),
        pytest.param(OTHER, str, (403, "token_invalid"), id="of another platform"),
    ],
)
def test_an_altered_or_stolen_token_opens_no_stamp(
    garden: Runtime,
    site: Callable[[str], TestClient],
    platform: str,
    change: Callable[[str], str],
    expected: tuple[int, str],
) -> None:
    token = clear(site(PLATFORM)).json()["token"]
    before = everything(garden)

    refused = site(platform).post("/v1/stamps", json={**STAMP, "clearance_token": change(token)})

    assert problem(refused) == expected
    assert everything(garden) == before
    taken = site(PLATFORM).post("/v1/stamps", json={**STAMP, "clearance_token": token})
    assert taken.status_code == 201


def test_a_token_signed_with_another_key_opens_no_stamp(garden: Runtime, use: Use) -> None:
    request = ClearanceRequest(prompt=PROMPT, use=use)
    answer = clear_prompt(garden, PLATFORM, request, idempotency_key="one")
    assert answer.token is not None
    claims = garden.token_issuer.read(answer.token, audience=PLATFORM, at=garden.now())
    stranger = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    forged = TokenIssuer(stranger, garden.settings.public_url, garden.keys.key_id).issue(claims)
    before = everything(garden)

    with pytest.raises(LicensingError) as refused:
        request_stamp(garden, PLATFORM, _source(garden), clearance_token=forged)

    assert refused.value.code == "token_invalid"
    assert everything(garden) == before


def test_a_replayed_token_stamps_no_second_video(
    garden: Runtime, site: Callable[[str], TestClient], clip: Path
) -> None:
    client = site(PLATFORM)
    body = {**STAMP, "clearance_token": clear(client).json()["token"]}
    stamp_id = client.post("/v1/stamps", json=body).json()["id"]
    while_open = client.post("/v1/stamps", json=body)
    client.put(f"/v1/stamps/{stamp_id}", content=clip.read_bytes())
    run_stamp(garden, PLATFORM, stamp_id)
    before = everything(garden)

    afterwards = client.post("/v1/stamps", json=body)
    cleared_again = clear(client)

    assert problem(while_open) == problem(afterwards) == (409, "token_used")
    assert afterwards.json()["stamp_id"] == stamp_id
    assert (cleared_again.status_code, "token" in cleared_again.json()) == (201, False)
    assert everything(garden) == before


@pytest.mark.parametrize("key", ["rk_" + "A" * 43, "rk_wrong", "of another form", ""])
def test_a_wrong_key_writes_nothing(
    garden: Runtime, site: Callable[[str], TestClient], key: str
) -> None:
    stamp_id = site(PLATFORM).post("/v1/stamps", json=STAMP).json()["id"]
    before, stranger = everything(garden), site(key)

    answers = [
        clear(stranger),
        stranger.post("/v1/stamps", json=STAMP),
        stranger.put(f"/v1/stamps/{stamp_id}", content=b"video"),
        stranger.post("/v1/readings", json={"prompt": PROMPT}),
    ]

    expected = (401, "api_key_invalid" if key else "api_key_missing")
    assert [problem(answer) for answer in answers] == [expected] * 4
    assert everything(garden) == before


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"prompt": PROMPT + "。"}, id="another prompt"),
        pytest.param({"negative_prompt": "ロボット"}, id="a negative prompt"),
        pytest.param({"use": {**USE, "duration_s": 9}}, id="another length"),
        pytest.param({"use": {**USE, "territory": "FR"}}, id="another territory"),
        pytest.param({"budget": {"amount_micros": 10**9, "currency": "JPY"}}, id="a budget"),
        pytest.param({"quote_only": True}, id="a quote"),
    ],
)
def test_an_idempotency_key_with_other_facts_holds_nothing_more(
    garden: Runtime, site: Callable[[str], TestClient], changes: dict[str, object]
) -> None:
    first = clear(site(PLATFORM))
    before = everything(garden)

    refused = clear(site(PLATFORM), changes)
    same = clear(site(PLATFORM))

    assert problem(refused) == (409, "idempotency_key_reused")
    assert same.json() == first.json()
    assert everything(garden) == before


@pytest.mark.parametrize(
    ("member", "facts", "where"),
    [
        pytest.param("ownership", {"subject": "nobody"}, "ownership[0].subject", id="owned"),
        pytest.param("terms", {"subject": "nobody"}, "terms[0].subject", id="offered"),
        pytest.param("subjects", {"parent": "nobody"}, "subjects[0].parent", id="a parent"),
        pytest.param("terms", {"licensor": "nobody"}, "terms[0].licensor", id="licensor"),
    ],
)
def test_a_registry_that_names_an_unknown_subject_is_not_imported(
    garden: Runtime, member: str, facts: dict[str, object], where: str
) -> None:
    demo = Path(__file__).resolve().parents[3] / "service" / "demo" / "registry.json"
    document = json.loads(demo.read_text("utf-8"))
    document[member][0] |= facts
    document["subjects"][1]["names"].append({"text": "新しい名", "lang": "ja", "kind": "alias"})
    before = everything(garden)

    with pytest.raises(RegistryMalformed, match="import it again") as refused:
        import_registry(garden, json.dumps(document).encode())

    assert refused.value.where == where
    assert everything(garden) == before


def test_a_period_that_cannot_be_closed_changes_no_statement(
    garden: Runtime, use: Use, clip: Path
) -> None:
    this = f"{garden.now():%Y-%m}"
    stamped(garden, use, clip, "one")
    close_period(garden, this)
    before, statements = everything(garden), list_statements(garden)

    for period, error in (
        (this, PeriodClosed),
        ("2099-01", PeriodNotBegun),
        ("2026-13", PeriodMalformed),
        ("last month", PeriodMalformed),
    ):
        with pytest.raises(error, match=r"\.$"):
            close_period(garden, period)

    assert len(statements) == 2
    assert everything(garden) == before
    assert list_statements(garden) == statements


def test_a_video_stamped_after_the_close_is_owed_in_the_next_period(
    garden: Runtime, use: Use, clip: Path
) -> None:
    stamped(garden, use, clip, "one")
    closed = close_period(garden, f"{garden.now():%Y-%m}")

    stamped(garden, use, clip, "two")

    assert list_statements(garden) == closed
    with garden.transaction() as session:
        rows = session.connection().exec_driver_sql("select period from usage order by occurred_at")
        periods = [row.period for row in rows]
    assert periods[0] == f"{garden.now():%Y-%m}"
    assert periods[-1] > periods[0]


def stamped(runtime: Runtime, use: Use, video: Path, key: str) -> None:
    request = ClearanceRequest(prompt=PROMPT, use=use)
    token = clear_prompt(runtime, PLATFORM, request, idempotency_key=key).token
    stamp_id = request_stamp(runtime, PLATFORM, _source(runtime), clearance_token=token).stamp.id
    queue_upload(runtime, PLATFORM, stamp_id, runtime.blobs.put_file(f"uploads/{key}", video))
    assert run_stamp(runtime, PLATFORM, stamp_id).status == "completed"


def _source(runtime: Runtime) -> StampSource:
    return StampSource(generator="Kirin", generator_version="2", created_at=runtime.now())

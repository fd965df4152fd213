"""
What owners declared elsewhere, through the API: prohibited, absent, stale, conflicting, withdrawn.

The world: Studio Example owns the fictional Moonlit Courier with its characters Mio and Leo, and
offers terms for the whole franchise; Rival Works owns something else.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import URL
from starlette.testclient import TestClient

from licensing.clearance.use import parse_use
from licensing.money import Money
from service.auth import SCOPES
from service.embedded_postgres import connect_directly, superuser_address
from service.ids import new_id
from service.operations.clearances import ClearanceRequest, clear_prompt
from service.operations.registry import import_registry
from service.operations.tenants import add_platform, create_api_key, credit_platform
from service.runtime import Runtime
from service.settings import Settings
from service.web import create_app

STUDIO, RIVAL = "studio-example", "rival-works"


def subject(id: str, name: str, parent: str | None, kind: str = "character") -> dict[str, Any]:  # noqa: A002
    names = [{"text": name, "lang": "en", "kind": "official"}]
    return {"id": id, "kind": kind, "parent": parent, "names": names}


def mandate(power: str, id: str) -> dict[str, Any]:  # noqa: A002
    return {
        "id": id,
        "agent": f"agency-{power}",
        "holder": STUDIO,
        "powers": [power],
        "valid_from": "2026-01-01T00:00:00Z",
        "valid_until": None,
        "subjects": ["courier"],
    }


TERMS = {
    "id": "tv_courier",
    "subject": "courier",
    "licensor": STUDIO,
    "version": 1,
    "territories": ["JP", "US"],
    "purposes": ["personal"],
    "max_duration_s": 30,
    "audience_ratings": ["all"],
    "valid_from": "2026-01-01T00:00:00Z",
    "valid_until": None,
    "price": {"kind": "flat", "amount": "50", "currency": "JPY"},
    "approval_required": False,
}
REGISTRY = {
    "format": "rakkan-registry/1",
    "subjects": [
        subject("courier", "Moonlit Courier", None, "franchise"),
        subject("mio", "Miolanthe Voss", "courier"),
        subject("leo", "Leopold Brask", "courier"),
        subject("owl", "Professor Owlington", None),
        subject("rival", "Rival Robot", None),
    ],
    "licensors": [
        {"id": STUDIO, "name": "Studio Example"},
        {"id": RIVAL, "name": "Rival Works"},
        {"id": "agency-license", "name": "An agency that licenses"},
        {"id": "agency-collect", "name": "An agency that collects"},
    ],
    "ownership": [
        {"subject": "courier", "licensor": STUDIO, "share": "1/1"},
        {"subject": "owl", "licensor": STUDIO, "share": "1/1"},
        {"subject": "rival", "licensor": RIVAL, "share": "1/1"},
    ],
    "terms": [TERMS],
    "mandates": [mandate("license", "m1"), mandate("collect", "m2")],
}
RIGHT = """<rsl xmlns="https://rslstandard.org/rsl" xmlns:media="https://rslmedia.org/media"
    max-age="{days}"><media:right isrd="RSL-0000-0107-3" subject="character" status="{status}"
    registry="https://rakkan.example" registry-id="{subject}"><license>
    <{kind} type="usage">{usage}</{kind}>{more}</license></media:right></rsl>"""


def right(
    subject: str = "mio",
    *,
    kind: str = "permits",
    usage: str = "media:ai-generate",
    status: str = "active",
    days: int = 30,
    more: str = "",
) -> str:
    return RIGHT.format(
        subject=subject, kind=kind, usage=usage, status=status, days=days, more=more
    )


@dataclass
class Clock:
    """A clock that tests can move."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True)
class World:
    """One installation with its clock, and a client for each tenant."""

    runtime: Runtime
    clock: Clock
    platform: TestClient
    studio: TestClient
    rival: TestClient

    def declare(self, document: str, subject: str = "mio", **members: object) -> Response:
        body = {"subject": subject, "document": document, "name": "right.xml", **members}
        return self.studio.post("/v1/declarations", json=body)

    def clear(self, prompt: str = "Miolanthe Voss rides a night bus", **use: object) -> Any:  # noqa: ANN401
        wanted = {"territory": "JP", "purpose": "personal", "duration_s": 8, **use}
        answer = self.platform.post(
            "/v1/clearances",
            json={"prompt": prompt, "use": wanted},
            headers={"Idempotency-Key": new_id("key")},
        )
        assert answer.status_code == 201, answer.text
        return answer.json()

    def reasons(self, **use: object) -> tuple[str, list[str]]:
        answer = self.clear(**use)
        codes = [reason["code"] for each in answer["findings"] for reason in each["reasons"]]
        return answer["outcome"], codes


@pytest.fixture(scope="module")
def installation(
    postgres: URL, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Runtime, Clock]]:
    with connect_directly(superuser_address(postgres)) as connection:
        connection.execute(f"create database declared template {postgres.database} owner rakkan")
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("declared"),
        database_url=postgres.set(database="declared").render_as_string(hide_password=False),
        rsl_media_draft="2026-06",
    )
    clock = Clock()
    with Runtime.open(settings, clock=clock) as runtime:
        import_registry(runtime, json.dumps(REGISTRY).encode())
        add_platform(runtime, "kirin", "Kirin")
        credit_platform(runtime, "kirin", Money(10**12, "JPY"), reference="start")
        yield runtime, clock


@pytest.fixture
def world(installation: tuple[Runtime, Clock]) -> Iterator[World]:
    """Nothing is declared at the beginning of each story."""
    runtime, clock = installation
    clock.now = datetime.now(UTC)

    def client(tenant: str) -> TestClient:
        secret = create_api_key(runtime, tenant, "tests", SCOPES).secret
        return TestClient(create_app(runtime), headers={"Authorization": f"Bearer {secret}"})

    world = World(runtime, clock, client("kirin"), client(STUDIO), client(RIVAL))
    yield world
    for each in world.studio.get("/v1/declarations").json()["declarations"]:
        assert world.studio.delete(f"/v1/declarations/{each['id']}").status_code == 200


def test_a_declaration_that_permits_the_use_leaves_the_terms_to_decide(world: World) -> None:
    declared = world.declare(right()).json()

    answer = world.clear()

    assert answer["outcome"] == "granted_priced"
    assert answer["findings"][0]["declarations"] == [declared["sha256"]]
    claims = world.runtime.token_issuer.read(answer["token"], audience="kirin", at=world.clock.now)
    assert claims.declarations == (declared["sha256"],)


@pytest.mark.parametrize(
    ("documents", "later", "outcome", "code"),
    [
        pytest.param(
            [right(kind="prohibits")], 0, "denied", "declaration.prohibited", id="prohibited"
        ),
        pytest.param(
            [right(more='<permits type="geo">US</permits>')],
            0,
            "unknown_rights",
            "declaration.absent",
            id="absent",
        ),
        pytest.param([right(days=7)], 7, "stale", "declaration.stale", id="stale"),
        pytest.param(
            [right(), right(kind="prohibits")],
            0,
            "conflict",
            "declaration.conflict",
            id="conflicting",
        ),
        pytest.param(
            [right(status="withdrawn")], 0, "denied", "declaration.withdrawn", id="withdrawn"
        ),
    ],
)
def test_each_way_not_to_permit_is_a_denial_of_its_own(
    world: World, documents: list[str], later: int, outcome: str, code: str
) -> None:
    for index, document in enumerate(documents):
        assert world.declare(document, name=f"right-{index}.xml").status_code == 201
    world.clock.now += timedelta(days=later)

    answer = world.clear()

    assert answer["outcome"] == outcome
    (reason,) = answer["findings"][0]["reasons"]
    assert reason["code"] == code
    assert "Miolanthe Voss" in reason["message"]
    assert reason["message_ja"]
    assert "token" not in answer


def test_a_subject_without_terms_is_not_licensed_by_what_is_declared(world: World) -> None:
    world.declare(right("owl"), subject="owl")
    with_permission = world.reasons(prompt="Professor Owlington flies")
    world.declare(right("owl", usage="media:ai-train"), subject="owl")

    with_other = world.reasons(prompt="Professor Owlington flies")

    assert with_permission == ("unknown_rights", ["terms.none"])
    assert with_other == ("unknown_rights", ["declaration.absent", "terms.none"])


def test_a_prohibition_on_the_franchise_reaches_its_characters(world: World) -> None:
    document = (
        '<rsl xmlns="https://rslstandard.org/rsl"><content url="/works/*"><license>'
        '<prohibits type="usage">ai-all</prohibits></license></content></rsl>'
    )
    world.declare(document, subject="courier")

    assert world.reasons(prompt="Leopold Brask runs") == ("denied", ["declaration.prohibited"])


def test_a_reservation_of_mining_says_nothing_about_a_licensed_video(world: World) -> None:
    world.declare('[{"location": "/", "tdm-reservation": 1}]')

    assert world.reasons() == ("granted_priced", [])


def test_a_prohibition_of_some_content_lets_the_rest_be_made(world: World) -> None:
    policy = {
        "@context": [
            "http://www.w3.org/ns/odrl.jsonld",
            {"rk": "https://rakkan.example/ns/odrl#"},
        ],
        "uid": "urn:p",
        "prohibition": {
            "target": "https://studio.example/characters/mio",
            "action": "rk:depict",
            "constraint": {
                "leftOperand": "rk:contentCategory",
                "operator": "isAnyOf",
                "rightOperand": ["violence", "political"],
            },
        },
    }
    world.declare(json.dumps(policy))

    assert world.reasons() == ("granted_priced", [])
    for content in ("violence", "politics"):
        use = parse_use(
            {"territory": "JP", "purpose": "personal", "duration_s": 8, "content": [content]}
        )
        request = ClearanceRequest(prompt="Miolanthe Voss rides a night bus", use=use)
        answer = clear_prompt(world.runtime, "kirin", request, idempotency_key=new_id("key"))
        assert answer.findings[0]["reasons"][0]["code"] == "declaration.prohibited"


def test_the_same_document_again_only_counts_for_longer(world: World) -> None:
    first = world.declare(right(days=7)).json()
    world.clock.now += timedelta(days=6)
    again = world.declare(right(days=7)).json()
    world.clock.now += timedelta(days=6)

    assert again["id"] == first["id"]
    assert again["imported_at"] == first["imported_at"]
    assert again["fresh_until"] > first["fresh_until"]
    assert world.reasons() == ("granted_priced", [])


def test_a_new_version_takes_the_place_of_the_old_one_and_back(world: World) -> None:
    outcomes = []
    for kind in ("permits", "prohibits", "permits"):
        world.declare(right(kind=kind))
        outcomes.append(world.reasons()[0])

    assert outcomes == ["granted_priced", "denied", "granted_priced"]
    assert len(world.studio.get("/v1/declarations").json()["declarations"]) == 1


def test_a_source_that_is_taken_back_is_not_heard_any_more(world: World) -> None:
    declared = world.declare(right(kind="prohibits")).json()

    removed = world.studio.delete(f"/v1/declarations/{declared['id']}")

    assert removed.status_code == 200
    assert world.reasons() == ("granted_priced", [])
    assert world.studio.delete(f"/v1/declarations/{declared['id']}").status_code == 404


def test_only_owners_declare_and_each_sees_its_own(world: World) -> None:
    declared = world.declare(right(kind="prohibits")).json()
    body = {"subject": "mio", "document": right(), "name": "right.xml"}

    refused = [
        client.post("/v1/declarations", json=body) for client in (world.rival, world.platform)
    ]
    seen = [
        client.get("/v1/declarations").json()["declarations"]
        for client in (world.rival, world.platform)
    ]
    stolen = world.rival.delete(f"/v1/declarations/{declared['id']}")

    assert [each.json()["code"] for each in refused] == ["subject_not_owned"] * 2
    assert seen == [[], []]
    assert stolen.json()["code"] == "unknown_declaration"
    assert world.reasons() == ("denied", ["declaration.prohibited"])


@pytest.mark.parametrize(
    ("members", "status", "code"),
    [
        pytest.param({"document": "<rsl/>"}, 422, "declaration_malformed", id="no namespace"),
        pytest.param({"document": ""}, 422, "declaration_malformed", id="nothing"),
        pytest.param(
            {"document": '<!DOCTYPE r [<!ENTITY a "ha">]><r>&a;</r>'},
            422,
            "declaration_unsafe",
            id="a bomb",
        ),
        pytest.param({"document": "<r>" * 40}, 413, "declaration_too_large", id="deep"),
        pytest.param({"document": right("leo") + " "}, 201, None, id="the only part there is"),
        pytest.param(
            {"document": right(), "part": "leo"}, 422, "declaration_part_unclear", id="another part"
        ),
        pytest.param({"standard": "xacml"}, 422, "standard_unknown", id="no such standard"),
        pytest.param({"standard": "tdmrep"}, 422, "declaration_malformed", id="wrong standard"),
        pytest.param({"subject": "nobody"}, 404, "unknown_subject", id="no such subject"),
        pytest.param({"subject": "a\x00"}, 422, "request_malformed", id="a zero byte"),
        pytest.param({"source_url": "https://a.example/"}, 422, "document_missing", id="both"),
        pytest.param({"document": None}, 422, "document_missing", id="neither"),
        pytest.param({"colour": "red"}, 422, "request_malformed", id="an unknown member"),
        pytest.param(
            {"document": None, "source_url": "http://127.0.0.1/right.xml"},
            400,
            "address_refused",
            id="an address on this machine",
        ),
        pytest.param(
            {"document": None, "source_url": "file:///etc/passwd"},
            400,
            "address_refused",
            id="a file of this machine",
        ),
        pytest.param(
            {"document": "[" + ",".join(['{"location":"/","tdm-reservation":1}'] * 201) + "]"},
            413,
            "declaration_too_large",
            id="statements without end",
        ),
    ],
)
def test_a_bad_document_changes_nothing(
    world: World, members: dict[str, object], status: int, code: str | None
) -> None:
    body = {"subject": "mio", "document": right(), "name": "right.xml", **members}

    answer = world.studio.post("/v1/declarations", json=body)

    assert (answer.status_code, answer.json().get("code")) == (status, code)
    kept = world.studio.get("/v1/declarations").json()["declarations"]
    assert len(kept) == (0 if code else 1)


def test_an_agent_declares_what_its_mandate_covers(world: World) -> None:
    answers = {}
    for agent in ("agency-license", "agency-collect"):
        secret = create_api_key(world.runtime, agent, "tests", SCOPES).secret
        headers = {"Authorization": f"Bearer {secret}"}
        client = TestClient(create_app(world.runtime), headers=headers)
        for subject in ("mio", "owl"):
            body = {"subject": subject, "document": right(subject), "name": "right.xml"}
            answer = client.post("/v1/declarations", json=body)
            answers[agent, subject] = answer.status_code
            if answer.status_code == 201:
                client.delete(f"/v1/declarations/{answer.json()['id']}")

    assert answers == {
        ("agency-license", "mio"): 201,
        ("agency-license", "owl"): 403,
        ("agency-collect", "mio"): 403,
        ("agency-collect", "owl"): 403,
    }


def test_one_owner_has_no_more_sources_than_a_decision_hears(world: World) -> None:
    answers = [world.declare(right(), name=f"{n}.xml").status_code for n in range(21)]

    assert answers == [201] * 20 + [409]
    assert world.declare(right(), name="0.xml").status_code == 201

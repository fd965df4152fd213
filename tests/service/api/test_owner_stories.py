"""
Owners, terms and the decision, through the API: who may license what, and what a platform hears.

The world: Denki Pictures owns the fictional Denkibee franchise with its electric mouse; Aoi and
Beni own Twin Peaks of Light together; an agency speaks for some of them.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from importlib.resources import files
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL
from starlette.testclient import TestClient

from licensing.money import Money
from licensing.registry.terms.templates import TEMPLATES, terms_of
from licensing.royalties import ledger
from licensing.royalties.accounts import licensor_payable, platform_credit
from licensing.royalties.accrual import shares_of_fee
from service.auth import SCOPES
from service.embedded_postgres import connect_directly, superuser_address
from service.ids import new_id
from service.operations.registry import import_registry
from service.operations.stamp_file import stamp_file
from service.operations.tenants import (
    add_platform,
    create_api_key,
    credit_platform,
    set_standing,
)
from service.runtime import Runtime
from service.settings import Settings
from service.web import create_app

YEN = 1_000_000
CLIP = Path(str(files("service.demo").joinpath("clip.mp4")))
DIGEST = "0" * 64
MOUSE = "Voltmouse Zapp"
_platforms = count(1)


def subject(id: str, *names: str, parent: str | None = None, **more: object) -> dict[str, Any]:  # noqa: A002
    written = [
        {"text": text, "lang": "en" if text.isascii() else "ja", "kind": "official"}
        for text in names
    ]
    kind = "character" if parent else "franchise"
    return {"id": id, "kind": kind, "parent": parent, "names": written, **more}


def terms(id: str, of: str, licensor: str, **members: object) -> dict[str, Any]:  # noqa: A002
    """¥10 a second, in Japan, personal, up to 30 s, for all."""
    return {
        "id": id,
        "subject": of,
        "licensor": licensor,
        "version": 1,
        "territories": ["JP"],
        "purposes": ["personal"],
        "max_duration_s": 30,
        "audience_ratings": ["all"],
        "valid_from": "2026-01-01T00:00:00Z",
        "valid_until": None,
        "price": {"kind": "per_second", "amount": "10", "currency": "JPY"},
        "approval_required": False,
        **members,
    }


PERSON = {"real": True, "minor": False}
CONSENT = {
    "evidence": {"document_sha256": DIGEST, "title": "Release form"},
    "given_at": "2026-01-01T00:00:00Z",
    "purposes": ["personal"],
}
OWNED = ("denki", "quarrel", "solo", "haruka", "kenji", "child", "rival", "mandated")
REGISTRY = {
    "format": "rakkan-registry/1",
    "subjects": [
        subject("denki", "Denkibee Chronicles"),
        subject("mouse", MOUSE, "黄色い電気ねずみ", "Kiiroi Denki Nezumi", parent="denki"),
        subject("cat", "Voltcat Purrl", parent="denki"),
        subject("twins", "Twin Peaks of Light"),
        subject("quarrel", "Quarrelsome Quokka"),
        subject("solo", "Solitary Sundial"),
        subject("rival", "Rivalrex Prime"),
        subject("mandated", "Mandarin Meridian"),
        subject("haruka", "Haruka Tanabe-Voss", identity={**PERSON, "consents": [CONSENT]}),
        subject("kenji", "Kenji Morikawa-Voss", identity=PERSON),
        subject("child", "Mirai Tanabe-Voss", identity={"real": True, "minor": True}),
    ],
    "licensors": [
        {"id": "denki-pictures", "name": "Denki Pictures"},
        {"id": "aoi", "name": "Aoi"},
        {"id": "beni", "name": "Beni"},
        {"id": "agency", "name": "Agency", "form": "agency"},
    ],
    "ownership": [
        {"subject": "twins", "licensor": "aoi", "share": "1/2", "territories": ["JP"]},
        {"subject": "twins", "licensor": "beni", "share": "1/2", "territories": ["JP"]},
        {"subject": "twins", "licensor": "aoi", "share": "1/1", "territories": ["US"]},
        *(
            {
                "subject": each,
                "licensor": "denki-pictures",
                "share": "3/4" if each == "quarrel" else "1/1",
            }
            for each in OWNED
        ),
    ],
    "mandates": [
        {
            "id": "mandate-1",
            "agent": "agency",
            "holder": "denki-pictures",
            "powers": ["enforce", "collect"],
            "valid_from": "2026-01-01T00:00:00Z",
            "valid_until": None,
            "subjects": ["mandated"],
        },
    ],
    "terms": [
        terms("denki-jp", "denki", "denki-pictures"),
        terms("denki-fr", "denki", "denki-pictures", territories=["FR"], approval_required=True),
        terms(
            "twins-1",
            "twins",
            "aoi",
            territories=["JP", "US"],
            price={"kind": "flat", "amount": "101", "currency": "JPY"},
        ),
        terms("quarrel-1", "quarrel", "denki-pictures"),
        terms("rival-fr", "rival", "denki-pictures", territories=["FR"]),
        *(terms(f"{each}-1", each, "denki-pictures") for each in ("haruka", "kenji", "child")),
    ],
}


@dataclass(frozen=True)
class World:
    """One installation, and a client for whoever a story needs."""

    runtime: Runtime

    def client(self, tenant: str) -> TestClient:
        key = create_api_key(self.runtime, tenant, "stories", SCOPES)
        headers = {"Authorization": f"Bearer {key.secret}"}
        return TestClient(create_app(self.runtime), follow_redirects=False, headers=headers)

    def held_micros(self, platform: str) -> int:
        with self.runtime.transaction() as session:
            return ledger.balance(session, platform_credit(platform, "JPY")).held_micros

    def payable_micros(self, licensor: str) -> int:
        with self.runtime.transaction() as session:
            return ledger.balance(session, licensor_payable(licensor, "JPY")).posted_micros


@dataclass(frozen=True)
class Studio:
    """A platform with ¥1,000 of credit."""

    id: str
    client: TestClient

    def clear(self, prompt: str, **use: object) -> dict[str, Any]:
        wanted = {"territory": "JP", "purpose": "personal", "duration_s": 8, **use}
        answer = self.client.post(
            "/v1/clearances",
            json={"prompt": prompt, "use": wanted},
            headers={"Idempotency-Key": new_id("key")},
        )
        assert answer.status_code == 201, answer.text
        return dict(answer.json())


@pytest.fixture(scope="module")
def world(postgres: URL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with connect_directly(superuser_address(postgres)) as connection:
        connection.execute(f"create database owned template {postgres.database} owner rakkan")
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("owned"),
        database_url=postgres.set(database="owned").render_as_string(hide_password=False),
        encoder_preset="ultrafast",
    )
    with Runtime.open(settings) as runtime:
        import_registry(runtime, json.dumps(REGISTRY).encode())
        yield World(runtime)


@pytest.fixture
def studio(world: World) -> Studio:
    tenant = f"studio-{next(_platforms)}"
    add_platform(world.runtime, tenant, tenant)
    credit_platform(world.runtime, tenant, Money(1000 * YEN, "JPY"), reference="start")
    return Studio(tenant, world.client(tenant))


def codes(answer: dict[str, Any]) -> list[str]:
    return [reason["code"] for each in answer["findings"] for reason in each["reasons"]]


@pytest.mark.parametrize(
    ("prompt", "subjects"),
    [
        pytest.param("黄色い電気ねずみが走る", ["mouse"], id="by its alias"),
        pytest.param("kiiroi denki nezumi runs", ["mouse"], id="in Latin letters"),
        pytest.param("Voltmuose Zapp runs", ["mouse"], id="misspelt"),
        pytest.param("a yellow mouse runs past a volt meter", [], id="an unrelated word"),
    ],
)
def test_a_name_is_recognised_however_it_is_written(
    studio: Studio, prompt: str, subjects: list[str]
) -> None:
    answer = studio.clear(prompt)

    assert [finding["subject"] for finding in answer["findings"]] == subjects
    assert answer["outcome"] == ("granted_priced" if subjects else "not_referenced")


def test_three_territories_hear_three_answers(studio: Studio) -> None:
    japan, america, france = (studio.clear(MOUSE, territory=each) for each in ("JP", "US", "FR"))

    assert (japan["outcome"], codes(japan)) == ("granted_priced", [])
    assert (america["outcome"], codes(america)) == ("denied", ["terms.territory"])
    assert (france["outcome"], codes(france)) == ("needs_approval", ["terms.approval_required"])
    assert america["findings"][0]["reasons"][0]["message_ja"].startswith("地域 US は")
    assert "token" in japan
    assert "token" not in america
    assert "token" not in france


def test_a_crossover_is_all_or_nothing_and_names_other_ways(world: World, studio: Studio) -> None:
    answer = studio.clear(f"{MOUSE} meets Rivalrex Prime")

    assert answer["outcome"] == "denied"
    assert [finding["outcome"] for finding in answer["findings"]] == ["granted_priced", "denied"]
    assert world.held_micros(studio.id) == 0
    offered = {way.get("kind"): way for way in answer["alternatives"]}
    assert offered["remove"]["remove"] == ["rival"]
    assert offered["remove"]["price"] == {"amount_micros": 80 * YEN, "currency": "JPY"}
    assert offered["ask_owner"]["licensors"] == ["denki-pictures"]
    assert studio.client.get(f"/v1/clearances/{answer['id']}").json() == answer

    taken = studio.clear(MOUSE)

    assert (taken["outcome"], taken["price"]) == ("granted_priced", offered["remove"]["price"])
    assert world.held_micros(studio.id) == 80 * YEN


def test_two_owners_share_a_fee_to_the_micro_where_both_own(
    world: World, studio: Studio, tmp_path: Path
) -> None:
    before = world.payable_micros("aoi"), world.payable_micros("beni")
    answer = studio.clear("Twin Peaks of Light at dawn")

    stamp_file(world.runtime, CLIP, tmp_path / "out.mp4", clearance_id=answer["id"])

    assert world.payable_micros("aoi") - before[0] == 50_500_000
    assert world.payable_micros("beni") - before[1] == 50_500_000
    halves = {"aoi": Fraction(1, 2), "beni": Fraction(1, 2)}
    assert shares_of_fee(-101 * YEN, halves) == {"aoi": -50_500_000, "beni": -50_500_000}


def test_where_one_owner_owns_all_the_fee_is_all_hers(
    world: World, studio: Studio, tmp_path: Path
) -> None:
    before = world.payable_micros("aoi"), world.payable_micros("beni")
    answer = studio.clear("Twin Peaks of Light at dawn", territory="US")

    stamp_file(world.runtime, CLIP, tmp_path / "out.mp4", clearance_id=answer["id"])

    assert answer["price"] == {"amount_micros": 101 * YEN, "currency": "JPY"}
    assert world.payable_micros("aoi") - before[0] == 101 * YEN
    assert world.payable_micros("beni") == before[1]


@pytest.mark.parametrize("times", [40, pytest.param(1000, marks=pytest.mark.soak)])
def test_random_decisions_are_made_again_byte_for_byte(studio: Studio, times: int) -> None:
    draw = random.Random(20261125)
    names = [name["text"] for each in REGISTRY["subjects"] for name in each["names"]]
    heard = set()
    for _ in range(times):
        prompt = " meets ".join(draw.sample([*names, "a red ball"], draw.randint(1, 3)))
        answer = studio.clear(
            prompt,
            territory=draw.choice(["JP", "US", "FR"]),
            purpose=draw.choice(["personal", "commercial"]),
            duration_s=draw.randint(1, 40),
            audience_rating=draw.choice(["all", "teen", "mature"]),
        )
        address = f"/v1/clearances/{answer['id']}"
        again = studio.client.post(f"{address}/reading/replay", json={"prompt": prompt}).json()
        studio.client.post(f"{address}/void")
        heard.add(answer["outcome"])

        assert (again["identical"], again["differences"]) == (True, []), prompt
    assert len(heard) >= 5, heard


def test_owners_who_do_not_add_up_license_nothing(world: World, studio: Studio) -> None:
    answer = studio.clear("Quarrelsome Quokka dances")

    assert (answer["outcome"], codes(answer)) == ("conflict", ["owner.conflict"])
    assert answer["findings"][0]["reasons"][0]["message"] == (
        "the shares of Quarrelsome Quokka sum to 3/4, not to 1"
    )
    assert world.held_micros(studio.id) == 0


def publish(client: TestClient, document: dict[str, Any]) -> Any:  # noqa: ANN401 - an answer
    """Draft, submit and publish; give the last answer."""
    drafted = client.post("/v1/terms", json={"terms": document})
    assert drafted.status_code == 201, drafted.text
    address = f"/v1/terms/{document['id']}/status"
    submitted = client.post(address, json={"status": "review"})
    assert submitted.json()["status"] == "review"
    return client.post(address, json={"status": "active"})


def test_an_agent_publishes_nothing_without_the_power_to_license(
    world: World, studio: Studio
) -> None:
    agency = world.client("agency")

    refused = publish(agency, terms("agency-1", "mandated", "agency"))

    assert (refused.status_code, refused.json()["code"]) == (403, "mandate_insufficient")
    assert agency.get("/v1/terms/agency-1").json()["status"] == "review"
    assert codes(studio.clear("Mandarin Meridian")) == ["terms.none"]

    mandates = [{**REGISTRY["mandates"][0], "powers": ["license", "enforce"]}]  # type: ignore[index]
    import_registry(world.runtime, json.dumps({**REGISTRY, "mandates": mandates}).encode())
    published = agency.post("/v1/terms/agency-1/status", json={"status": "active"})

    assert published.json()["status"] == "active"
    assert studio.clear("Mandarin Meridian")["outcome"] == "granted_priced"


def test_a_use_that_needs_a_change_is_granted_once_it_is_changed(studio: Studio) -> None:
    first = studio.clear(MOUSE, audience_rating="teen")
    (other,) = [way for way in first["alternatives"] if way.get("kind") == "change_use"]

    changed = {key: value for key, value in other["use"].items() if key == "audience_rating"}
    again = studio.clear(MOUSE, **changed)

    assert (first["outcome"], codes(first)) == ("needs_change", ["terms.rating"])
    assert changed == {"audience_rating": "all"}
    assert (again["outcome"], again["price"]) == ("granted_priced", other["price"])


def test_what_is_promised_to_one_platform_is_promised_to_no_other(
    world: World, studio: Studio
) -> None:
    owner = world.client("denki-pictures")
    first = terms(
        "solo-a",
        "solo",
        "denki-pictures",
        licensees=[studio.id],
        exclusive=True,
        territories=["JP"],
    )
    second = {**first, "id": "solo-b", "licensees": ["another"], "territories": ["JP", "TW"]}

    published, refused = publish(owner, first), publish(owner, second)
    elsewhere = publish(owner, {**second, "id": "solo-c", "territories": ["TW"]})
    stranger = Studio("another", world.client(_new_platform(world)))

    assert published.json()["status"] == "active"
    assert (refused.status_code, refused.json()["code"]) == (409, "exclusivity_taken")
    assert refused.json()["taken_by"] == "solo-a"
    assert elsewhere.json()["status"] == "active"
    assert studio.clear("Solitary Sundial")["outcome"] == "granted_priced"
    assert "exclusivity.taken" in codes(stranger.clear("Solitary Sundial"))


def _new_platform(world: World) -> str:
    tenant = f"stranger-{next(_platforms)}"
    add_platform(world.runtime, tenant, tenant)
    return tenant


@pytest.mark.parametrize(
    ("name", "use", "outcome", "expected"),
    [
        pytest.param("Haruka Tanabe-Voss", {}, "granted_priced", [], id="with consent"),
        pytest.param(
            "Haruka Tanabe-Voss",
            {"content": ["sexual"]},
            "denied",
            ["subject.identity_sexual"],
            id="not to this",
        ),
        pytest.param(
            "Kenji Morikawa-Voss",
            {},
            "denied",
            ["subject.identity_without_consent"],
            id="without consent",
        ),
        pytest.param("Mirai Tanabe-Voss", {}, "denied", ["subject.minor"], id="a minor"),
    ],
)
def test_real_people_are_shown_with_consent_alone_and_minors_never(
    studio: Studio, name: str, use: dict[str, object], outcome: str, expected: list[str]
) -> None:
    answer = studio.clear(f"{name} walks along the sea", **use)

    assert (answer["outcome"], codes(answer)) == (outcome, expected)
    assert ("token" in answer) is (outcome == "granted_priced")
    assert "ask_owner" not in [way.get("kind") for way in answer["alternatives"]]


def test_a_suspended_platform_gets_no_token_for_anything(world: World, studio: Studio) -> None:
    set_standing(world.runtime, studio.id, "suspended")
    suspended = studio.clear("a cat walks along the harbour")
    set_standing(world.runtime, studio.id, None)
    served = studio.clear("a cat walks along the harbour")

    assert (suspended["outcome"], suspended["alternatives"]) == ("denied", [])
    assert [reason["code"] for reason in suspended["reasons"]] == ["requester.suspended"]
    assert "token" not in suspended
    assert served["outcome"] == "not_referenced"


def test_terms_are_offered_from_publication_to_withdrawal_and_never_changed(
    world: World, studio: Studio
) -> None:
    owner = world.client("denki-pictures")
    fan = terms_of(
        TEMPLATES["fan"],
        terms_id="rival-fan",
        subject_id="rival",
        licensor_id="denki-pictures",
        territories=["JP"],
        currency="JPY",
        valid_from=datetime(2026, 1, 1, tzinfo=UTC),
    ).to_document()
    use = {"user_class": "individual", "media": ["online"]}
    prompt = "Rivalrex Prime at the beach"

    drafted = owner.post("/v1/terms", json={"terms": fan}).json()
    before = studio.clear(prompt, **use)
    published = publish(owner, fan)
    during = studio.clear(prompt, **use)
    changed = owner.post("/v1/terms", json={"terms": {**fan, "max_duration_s": 600}})
    back = owner.post("/v1/terms/rival-fan/status", json={"status": "draft"})
    ended = owner.post("/v1/terms/rival-fan/status", json={"status": "withdrawn"})
    after = studio.clear(prompt, **use)

    assert drafted["status"] == "draft"
    assert {"en": "Free of charge.", "ja": "無償。"} in drafted["preview"]
    assert [each["outcome"] for each in (before, during, after)] == [
        *("denied", "granted_free", "denied"),
    ]
    assert published.json()["sha256"] == drafted["sha256"]
    assert (changed.status_code, changed.json()["code"]) == (422, "registry_malformed")
    assert (back.status_code, back.json()["code"]) == (409, "terms_transition_refused")
    assert ended.json()["withdrawn_at"] is not None


def test_terms_are_seen_and_made_by_their_licensor_alone(world: World, studio: Studio) -> None:
    owner, other = world.client("denki-pictures"), world.client("aoi")

    listed = {each["id"] for each in owner.get("/v1/terms").json()["terms"]}
    unseen = other.get("/v1/terms/denki-jp")
    unmoved = other.post("/v1/terms/denki-jp/status", json={"status": "withdrawn"})
    in_anothers_name = other.post(
        "/v1/terms", json={"terms": terms("forged", "denki", "denki-pictures")}
    )
    by_a_platform = studio.client.post(
        "/v1/terms", json={"terms": terms("cheap", "denki", studio.id)}
    )

    assert "denki-jp" in listed
    assert "twins-1" not in listed
    assert (unseen.status_code, unseen.json()["code"]) == (404, "unknown_terms")
    assert (unmoved.status_code, unmoved.json()["code"]) == (404, "unknown_terms")
    assert (in_anothers_name.status_code, in_anothers_name.json()["where"]) == (
        *(422, "terms.licensor"),
    )
    assert by_a_platform.json()["where"] == "terms.licensor"
    assert {each["id"] for each in owner.get("/v1/terms/templates").json()["templates"]} == {
        *("fan", "indie", "commercial", "press", "closed"),
    }

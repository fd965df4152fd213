"""Stories of reservations: the token, the quota, and what a generation that goes wrong costs."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from typing import Any, TypeAlias

import pytest
from sqlalchemy import text

from service.operations.clearances import expire_clearances
from service.operations.stamp_video import run_stamp

World: TypeAlias = Any  # conftest.py
Tenant: TypeAlias = Any  # conftest.py

SOURCE = {"generator": "Kirin", "generator_version": "2", "created_at": "2026-11-22T00:00:00Z"}
DAILY = {"period": "day", "per": "all"}


def present(tenant: Tenant, token: str) -> Any:  # noqa: ANN401 - an answer of the client
    return tenant.client.post("/v1/stamps", json={"source": SOURCE, "clearance_token": token})


def stamp(tenant: Tenant, token: str, video: bytes | None = None) -> dict[str, Any]:
    """Present the token, send the video, and do the job that stamps it."""
    stamp_id = present(tenant, token).json()["id"]
    clip = files("service.demo").joinpath("clip.mp4").read_bytes()
    tenant.client.put(f"/v1/stamps/{stamp_id}", content=clip if video is None else video)
    run_stamp(tenant.world.runtime, tenant.id, stamp_id)
    return dict(tenant.get(f"/v1/stamps/{stamp_id}"))


def used(world: World, terms_id: str) -> int:
    with world.runtime.transaction() as session:
        rows = session.connection().execute(
            text("select coalesce(sum(used_units), 0) from quota_use where terms_id = :id"),
            {"id": terms_id},
        )
        return int(rows.scalar_one())


def refuse_token(answer: Any) -> tuple[int, str]:  # noqa: ANN401 - as above
    return answer.status_code, answer.json()["code"]


def test_a_token_is_good_for_one_video_of_one_platform_for_a_while(world: World) -> None:
    """L11."""
    world.register()
    studio, rival = world.platform(), world.platform("rival")
    first, late = studio.ask(), studio.ask()
    head, payload, signature = first["token"].split(".")
    forged = ".".join((head, payload, signature[:-4] + "AAAA"))
    swapped = ".".join((head, late["token"].split(".")[1], signature))

    strangers = present(rival, first["token"])
    altered = [present(studio, forged), present(studio, swapped)]
    with ThreadPoolExecutor(8) as clients:
        statuses = sorted(
            each.status_code for each in clients.map(present, [studio] * 8, [first["token"]] * 8)
        )
    replayed = present(studio, first["token"])
    world.wait(hours=1, seconds=1)
    expired = present(studio, late["token"])

    assert refuse_token(strangers) == (403, "token_invalid")
    assert [refuse_token(each) for each in altered] == [(403, "token_invalid")] * 2
    assert statuses == [201] + [409] * 7
    assert refuse_token(replayed) == (409, "token_used")
    assert refuse_token(expired) == (403, "token_expired")


def test_a_key_stands_for_one_prompt(world: World) -> None:
    """L11: the altered prompt."""
    world.register()
    studio = world.platform()
    body = {
        "prompt": f"{world.hero()} at sea",
        "use": {"territory": "JP", "purpose": "personal", "duration_s": 1},
    }
    headers = {"Idempotency-Key": "one"}

    first = studio.client.post("/v1/clearances", json=body, headers=headers).json()
    again = studio.client.post("/v1/clearances", json=body, headers=headers).json()
    other = studio.client.post(
        "/v1/clearances", json={**body, "prompt": f"{world.hero()} on fire"}, headers=headers
    )

    assert again["token"] == first["token"]
    assert studio.held_yen == 10
    assert other.json()["code"] == "idempotency_key_reused"


def test_a_generation_that_fails_costs_nothing_and_gives_its_quota_back(world: World) -> None:
    """L12: it fails, and it times out."""
    terms = world.register(quotas=[{"limit": 60, "unit": "seconds", **DAILY}])
    studio = world.platform()
    broken, forgotten = studio.ask(), studio.ask()
    assert (used(world, terms), studio.held_yen) == (20_000, 200)

    failed = stamp(studio, broken["token"], b"this is no video")
    after_failure = (used(world, terms), studio.held_yen)
    world.wait(hours=1, seconds=1)
    expire_clearances(world.runtime)

    assert (failed["status"], failed["licence"]) == ("failed", None)
    assert studio.look(broken)["status"] == "voided"
    assert after_failure == (10_000, 100)
    assert studio.look(forgotten)["status"] == "expired"
    assert (used(world, terms), studio.held_yen) == (0, 0)
    assert world.told == ["stamp.failed", "clearance.expired"]


def test_a_shorter_video_is_charged_for_its_length_under_the_terms_it_was_cleared_for(
    world: World,
) -> None:
    """L7, and L12: a part is captured."""
    quotas = [{"limit": 60, "unit": "seconds", **DAILY}]
    first = world.register(quotas=quotas)
    studio, house = world.platform(), world.owner()
    cleared = studio.ask(seconds=10)

    # The second version is dearer; the first is taken back with effect for new clearances.
    dearer = {"kind": "per_second", "amount": "99", "currency": "JPY"}
    second = world.register(version=2, price=dearer, quotas=quotas)
    house.post("/v1/revocations", {"terms": first}, status=201)
    asked_later = studio.ask(seconds=10)
    done = stamp(studio, cleared["token"])

    charged_ms = done["duration_ms"]
    with world.runtime.transaction() as session:
        [usage] = session.connection().execute(
            text("select terms_id, amount_micros from usage where platform_id = :id"),
            {"id": studio.id},
        )
    assert done["status"] == "completed"
    assert 5000 < charged_ms < 6000
    assert (usage.terms_id, usage.amount_micros) == (first, charged_ms * 10_000)
    assert used(world, first) == charged_ms
    assert asked_later["findings"][0]["terms"]["id"] == second
    licence = studio.client.get(f"/l/{done['licence']['licence_id']}", headers=JSON).json()
    assert licence["grants"][0]["terms_sha256"] == cleared["findings"][0]["terms"]["sha256"]
    assert licence["now"]["status"] == "active"


JSON = {"Accept": "application/json"}


@pytest.mark.parametrize(
    ("limit", "clients", "requests"),
    [
        pytest.param(12, 16, 24, id="a dozen"),
        pytest.param(100, 50, 150, id="a hundred", marks=pytest.mark.soak),
    ],
)
def test_a_quota_is_exact_however_many_ask_at_once(
    world: World, limit: int, clients: int, requests: int
) -> None:
    """L13."""
    terms = world.register(quotas=[{"limit": limit, "unit": "uses", **DAILY}])
    studio = world.platform()

    with ThreadPoolExecutor(clients) as pool:
        answers = list(pool.map(lambda _: studio.ask(seconds=1), range(requests)))

    granted = [answer for answer in answers if answer["outcome"] == "granted_priced"]
    refused = [answer for answer in answers if answer["outcome"] == "denied"]
    assert (len(granted), len(refused)) == (limit, requests - limit)
    assert used(world, terms) == limit
    assert studio.held_yen == 10 * limit
    assert {answer["findings"][0]["reasons"][0]["code"] for answer in refused} == {"terms.quota"}


def test_revoked_terms_show_both_what_was_and_what_is(
    world: World, revocable: Callable[..., str]
) -> None:
    """L23."""
    terms = revocable("stop_distribution_by")
    studio, house = world.platform(), world.owner()
    licence = f"/l/{stamp(studio, studio.ask()['token'])['licence']['licence_id']}"
    before = studio.client.get(licence, headers=JSON).json()

    revoked = house.post("/v1/revocations", {"terms": terms, "reason": "It ends"}, status=201)
    again = house.post("/v1/revocations", {"terms": terms}, status=201)
    refused = studio.ask()
    in_notice = studio.client.get(licence, headers=JSON).json()
    english = studio.client.get(licence, headers={"Accept": "text/html"}).text
    world.wait(days=30, seconds=1)
    after = studio.client.get(licence, headers=JSON).json()
    japanese = studio.client.get(licence, headers={"Accept-Language": "ja"}).text

    assert before["now"] == {"status": "active", "permitted_until": None, "revocations": []}
    assert (revoked["effect"], again) == ("stop_distribution_by", revoked)
    assert (refused["outcome"], refused["status"]) == ("unknown_rights", "answered")
    assert in_notice["at_creation"] == before["at_creation"] == after["at_creation"]
    assert in_notice["now"]["status"] == "active"
    assert in_notice["now"]["permitted_until"] == revoked["distribution_ends"]
    assert "Licensed, on" in english
    assert "End of permitted use" in english
    assert after["now"]["status"] == "withdrawn"
    assert "許諾済み" in japanese
    assert "現在は公開できません" in japanese
    assert world.told == ["stamp.completed", "terms.revoked"]


@pytest.mark.parametrize(
    ("effect", "new", "reserved", "waiting", "days_until_refused"),
    [
        pytest.param("grandfather", "granted_priced", "reserved", "waiting", 30, id="grandfather"),
        pytest.param("stop_new", "unknown_rights", "reserved", "voided", 0, id="stop new"),
        pytest.param("stop_distribution_by", "unknown_rights", "reserved", "voided", 0, id="by"),
        pytest.param("immediate", "unknown_rights", "voided", "voided", 0, id="immediate"),
    ],
)
def test_each_effect_ends_what_it_announces(
    world: World,
    revocable: Callable[..., str],
    effect: str,
    new: str,
    reserved: str,
    waiting: str,
    days_until_refused: int,
) -> None:
    # Half a minute is granted at once, more is looked at first.
    limits = {"answer_within_hours": 8760, "automatic": {"max_duration_s": 30}}
    terms = revocable(effect, approval_required=True, approval=limits)
    studio, house = world.platform(), world.owner()
    short, long = studio.ask(seconds=10), studio.ask(seconds=40)

    house.post("/v1/revocations", {"terms": terms}, status=201)

    assert studio.ask()["outcome"] == new
    assert studio.look(short)["status"] == reserved
    assert studio.look(long)["status"] == waiting
    if waiting == "voided":
        assert studio.look(long)["findings"][0]["reasons"][-1]["code"] == "terms.revoked"
    if days_until_refused:
        world.wait(days=days_until_refused, seconds=1)
        world.apply_revocations()
        assert studio.ask()["outcome"] == "unknown_rights"
        assert studio.look(long)["status"] == "voided"


def test_nobody_revokes_what_is_anothers(world: World) -> None:
    terms = world.register()
    world.register(owner="temple", hero="Tori")
    temple, studio = world.owner("temple"), world.platform()

    for stranger in (temple, studio):
        refused = stranger.post("/v1/revocations", {"terms": terms}, status=404)
        assert refused["code"] == "unknown_terms"
    assert studio.ask()["outcome"] == "granted_priced"

"""Stories of standing grants: offered, accepted, exclusive, ended."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeAlias

import pytest

World: TypeAlias = Any  # conftest.py

TERMS = {
    "territories": ["JP"],
    "purposes": ["personal"],
    "max_duration_s": 60,
    "audience_ratings": ["all"],
    "valid_from": "2026-01-01T00:00:00Z",
    "valid_until": None,
    "price": {"kind": "flat", "amount": "5", "currency": "JPY"},
    "approval_required": False,
}


def offer(world: World, platform: str, **changes: object) -> dict[str, Any]:
    terms = {**TERMS, "subject": f"kumo-{world.number}", **changes}
    house = world.owner()
    return dict(house.post("/v1/grants", {"platform": platform, "terms": terms}, status=201))


def test_a_standing_grant_counts_for_its_platform_once_accepted_until_ended(world: World) -> None:
    world.register(approval_required=True)
    studio, rival, house = world.platform(), world.platform("rival"), world.owner()
    grant = offer(world, studio.id)
    before = studio.ask()["outcome"]

    accepted = studio.post(f"/v1/grants/{grant['id']}/accept")
    again = studio.post(f"/v1/grants/{grant['id']}/accept")
    during = studio.ask()
    others = rival.ask()["outcome"]
    ended = studio.post(f"/v1/grants/{grant['id']}/end")

    assert (before, others) == ("needs_approval", "needs_approval")
    assert (accepted["status"], again["status"]) == ("active", "active")
    assert (during["outcome"], during["price"]["amount_micros"]) == ("granted_priced", 5_000_000)
    assert during["findings"][0]["terms"]["id"] == grant["id"]
    assert ended["status"] == "ended"
    assert studio.ask()["outcome"] == "needs_approval"
    assert [each["id"] for each in house.get("/v1/grants?status=ended")["grants"]] == [grant["id"]]
    assert world.told == ["grant.created", "grant.ended"]


def test_an_exclusive_grant_shuts_others_out_and_never_overlaps_another(world: World) -> None:
    """L14."""
    world.register()
    studio, rival = world.platform(), world.platform("rival")
    mine = offer(world, studio.id, exclusive=True)
    theirs = offer(world, rival.id, exclusive=True)
    elsewhere = offer(world, rival.id, exclusive=True, territories=["FR"])

    studio.post(f"/v1/grants/{mine['id']}/accept")
    overlapping = rival.post(f"/v1/grants/{theirs['id']}/accept", status=409)
    rival.post(f"/v1/grants/{elsewhere['id']}/accept")

    refused = rival.ask()
    assert overlapping["code"] == "exclusivity_taken"
    assert rival.get(f"/v1/grants/{theirs['id']}")["status"] == "offered"
    assert refused["outcome"] == "denied"
    assert "exclusivity.taken" in [each["code"] for each in refused["findings"][0]["reasons"]]
    assert studio.ask()["outcome"] == "granted_priced"


def test_two_exclusive_grants_accepted_at_once_are_one(world: World) -> None:
    """L14, in a race."""
    world.register()
    platforms = [world.platform(f"studio{n}") for n in range(3)]
    grants = [offer(world, platform.id, exclusive=True) for platform in platforms]

    def accept(n: int) -> int:
        return int(platforms[n].client.post(f"/v1/grants/{grants[n]['id']}/accept").status_code)

    with ThreadPoolExecutor(3) as clients:
        statuses = sorted(clients.map(accept, range(3)))

    assert statuses == [200, 409, 409]


def test_only_the_one_it_is_made_to_accepts_or_declines_a_grant(world: World) -> None:
    world.register()
    studio, rival, house = world.platform(), world.platform("rival"), world.owner()
    grant = offer(world, studio.id)["id"]

    strangers = [rival.post(f"/v1/grants/{grant}/{verb}", status=404) for verb in VERBS]
    own = house.post(f"/v1/grants/{grant}/accept", status=404)
    studio.post(f"/v1/grants/{grant}/decline")
    late = studio.post(f"/v1/grants/{grant}/accept", status=409)

    assert {each["code"] for each in [*strangers, own]} == {"unknown_grant"}
    assert late["code"] == "grant_closed"


VERBS = ("accept", "decline", "end")


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        pytest.param({"subject": "nobody"}, 422, "registry_malformed", id="no such subject"),
        pytest.param({"price": {"kind": "gift"}}, 422, "registry_malformed", id="no such price"),
        pytest.param({"territory": ["JP"]}, 422, "registry_malformed", id="misspelt"),
    ],
)
def test_terms_that_cannot_be_read_are_not_offered(
    world: World, changes: dict[str, object], status: int, code: str
) -> None:
    world.register()
    studio, house = world.platform(), world.owner()
    terms = {**TERMS, "subject": f"kumo-{world.number}", **changes}

    refused = house.post("/v1/grants", {"platform": studio.id, "terms": terms}, status=status)

    assert refused["code"] == code


def test_what_is_not_ones_own_to_license_cannot_be_granted(world: World) -> None:
    world.register()
    world.register(owner="temple", hero="Tori")
    studio, temple = world.platform(), world.owner("temple")
    terms = {**TERMS, "subject": f"kumo-{world.number}"}
    body = {"platform": studio.id, "terms": terms}
    grant = temple.post("/v1/grants", body, status=201)["id"]

    refused = studio.client.post(f"/v1/grants/{grant}/accept")

    assert refused.json()["code"] == "mandate_insufficient"
    assert studio.get(f"/v1/grants/{grant}")["status"] == "offered"

"""Stories of owners who want to be asked: silence, conditions, offers, and who may answer."""

from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

from service.operations.approvals import lapse_approvals

World: TypeAlias = Any  # conftest.py
Register: TypeAlias = Callable[..., str]

FLAT_300 = {"kind": "flat", "amount": "300", "currency": "JPY"}
FLAT_200 = {"kind": "flat", "amount": "200", "currency": "JPY"}


def test_a_yes_turns_the_wait_into_a_token_and_both_sides_are_told(
    world: World, in_review: Register
) -> None:
    in_review()
    studio, house = world.platform(), world.owner()
    world.listen(house)
    asked = studio.ask(note_to_licensors="A birthday card for a fan")
    assert (asked["outcome"], asked["status"], studio.held_yen) == (
        "needs_approval",
        "waiting",
        100,
    )
    assert "token" not in asked

    [waiting] = house.queue()
    shown = house.get(f"/v1/approvals/{waiting['id']}")
    house.answer(waiting["id"], "grant")

    granted = studio.look(asked)
    assert shown["request"]["note"] == "A birthday card for a fan"
    assert "prompt" not in shown["request"]
    assert (granted["outcome"], granted["status"]) == ("granted_priced", "reserved")
    assert granted["token"].count(".") == 2
    assert granted["findings"][0]["reasons"] == []
    assert world.told == ["approval.requested", "clearance.granted"]
    assert {event["data"]["clearance"] for event in world.receiver.events} == {asked["id"]}


def test_silence_is_refusal_when_the_clock_ends(world: World, in_review: Register) -> None:
    """L8."""
    in_review(approval={"answer_within_hours": 48})
    studio, house = world.platform(), world.owner()
    asked = studio.ask()
    approval = studio.look(asked)["approvals"][0]["id"]

    world.wait(hours=47)
    lapse_approvals(world.runtime)
    still = studio.look(asked)
    world.wait(hours=1, seconds=1)
    late = house.answer(approval, "grant", status=409)
    lapse_approvals(world.runtime)
    lapse_approvals(world.runtime)

    ended = studio.look(asked)
    assert (still["status"], late["code"]) == ("waiting", "approval_closed")
    assert (ended["outcome"], ended["status"], studio.held_yen) == ("denied", "voided", 0)
    [reason] = ended["findings"][0]["reasons"]
    assert reason["code"] == "approval.timeout"
    assert "許諾されません" in reason["message_ja"]
    assert ended["approvals"][0]["status"] == "lapsed"
    assert world.told == ["clearance.lapsed"]


def test_terms_that_name_no_time_give_fourteen_days(world: World, in_review: Register) -> None:
    in_review()
    studio = world.platform()
    asked = studio.ask()

    world.wait(days=13, hours=23)
    lapse_approvals(world.runtime)
    before = studio.look(asked)["status"]
    world.wait(hours=2)
    lapse_approvals(world.runtime)

    assert (before, studio.look(asked)["status"]) == ("waiting", "voided")


def test_a_no_gives_money_and_quota_back(world: World, in_review: Register) -> None:
    in_review(quotas=[{"limit": 1, "unit": "uses", "period": "day", "per": "all"}])
    studio, house = world.platform(), world.owner()
    asked = studio.ask()
    assert studio.ask()["outcome"] == "denied"

    [waiting] = house.queue()
    house.answer(waiting["id"], "decline", note="Not beside the sea")

    ended = studio.look(asked)
    assert (ended["outcome"], ended["status"], studio.held_yen) == ("denied", "voided", 0)
    assert ended["findings"][0]["reasons"][0]["code"] == "approval.declined"
    assert ended["approvals"][0]["note"] == "Not beside the sea"
    assert studio.ask()["status"] == "waiting"
    assert world.told == ["clearance.declined"]


def test_a_condition_that_is_met_needs_no_second_answer(world: World, in_review: Register) -> None:
    """L9."""
    in_review()
    studio, house = world.platform(), world.owner()
    asked = studio.ask(rating="teen")
    [waiting] = house.queue()

    house.answer(waiting["id"], "condition", conditions={"audience_rating": "all"})
    told = studio.look(asked)
    unchanged = studio.client.post(
        "/v1/clearances",
        json={
            "prompt": f"{world.hero()} watches the sea",
            "use": {
                "territory": "JP",
                "purpose": "personal",
                "duration_s": 10,
                "audience_rating": "teen",
            },
            "approval": waiting["id"],
        },
        headers={"Idempotency-Key": "unchanged"},
    )
    changed = studio.ask(rating="all", approval=waiting["id"])

    assert (told["outcome"], told["status"]) == ("needs_change", "voided")
    assert told["approvals"][0]["conditions"] == {"audience_rating": "all"}
    assert unchanged.json()["code"] == "conditions_unmet"
    assert (changed["outcome"], changed["status"]) == ("granted_priced", "reserved")
    assert studio.held_yen == 100
    assert world.told == ["clearance.conditional"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"prompt": "{hero} in the rain"}, "conditions_unmet", id="another prompt"),
        pytest.param({"seconds": 11}, "conditions_unmet", id="longer"),
        pytest.param({"seconds": 6}, None, id="as short as wanted"),
        pytest.param({"seconds": 5}, None, id="shorter still"),
        pytest.param({"seconds": 7}, "conditions_unmet", id="not short enough"),
    ],
)
def test_a_conditional_yes_covers_what_was_shown_and_no_more(
    world: World, in_review: Register, changes: dict[str, Any], code: str | None
) -> None:
    in_review()
    studio, house = world.platform(), world.owner()
    studio.ask()
    [waiting] = house.queue()
    house.answer(waiting["id"], "condition", conditions={"max_duration_ms": 6000})

    prompt = changes.get("prompt", "{hero} watches the sea").format(hero=world.hero())
    use = {"territory": "JP", "purpose": "personal", "duration_s": changes.get("seconds", 6)}
    body = {"prompt": prompt, "use": use, "approval": waiting["id"]}
    answers = [
        studio.client.post("/v1/clearances", json=body, headers={"Idempotency-Key": key})
        for key in ("once", "twice")
    ]

    if code is None:
        assert answers[0].json()["status"] == "reserved"
        # One yes is one video.
        assert answers[1].json()["code"] == "approval_closed"
    else:
        assert [answer.json()["code"] for answer in answers] == [code, code]


def test_a_chain_of_offers_ends_in_a_grant_equal_to_the_last(
    world: World, in_review: Register
) -> None:
    """L10."""
    in_review()
    studio, house = world.platform(), world.owner()
    asked = studio.ask()
    [waiting] = house.queue()
    approval = waiting["id"]

    house.answer(approval, "counter", offer={"price": FLAT_300})
    too_early = house.answer(approval, "grant", status=409)
    studio.answer(approval, "counter", offer={"price": FLAT_200})
    last = {"price": {"kind": "flat", "amount": "250", "currency": "JPY"}, "max_duration_ms": 8000}
    house.answer(approval, "counter", offer=last)
    studio.answer(approval, "accept")

    granted = studio.look(asked)
    [grant] = house.get("/v1/grants")["grants"]
    assert too_early["code"] == "not_your_turn"
    assert (granted["status"], granted["price"]["amount_micros"]) == ("reserved", 250_000_000)
    assert studio.held_yen == 250
    assert grant["agreed"]["offer"] == last
    assert grant["agreed"]["use"]["duration_ms"] == 8000
    assert granted["findings"][0]["terms"]["grant"] == grant["id"]
    verbs = [each["answer"] for each in house.get(f"/v1/approvals/{approval}")["answers"]]
    assert verbs == ["counter", "counter", "counter", "accept"]
    assert world.told == ["clearance.countered", "clearance.countered", "clearance.granted"]


def test_an_offer_that_nobody_can_pay_is_not_accepted(world: World, in_review: Register) -> None:
    in_review()
    studio, house = world.platform(yen=200), world.owner()
    asked = studio.ask()
    [waiting] = house.queue()
    house.answer(waiting["id"], "counter", offer={"price": FLAT_300})

    refused = studio.answer(waiting["id"], "accept", status=402)
    raised = studio.answer(waiting["id"], "counter", offer={"price": FLAT_300}, status=402)
    studio.answer(waiting["id"], "counter", offer={"price": FLAT_200})
    covered = studio.held_yen
    house.answer(waiting["id"], "accept")

    assert (refused["code"], raised["code"]) == ("insufficient_credit", "insufficient_credit")
    assert covered == 200
    assert studio.look(asked)["status"] == "reserved"


@pytest.mark.parametrize(
    ("who", "answer", "code"),
    [
        pytest.param("house", {"answer": "counter"}, "answer_malformed", id="offer without price"),
        pytest.param("house", {"answer": "condition"}, "answer_malformed", id="no conditions"),
        pytest.param(
            "house", {"answer": "condition", "conditions": {}}, "answer_malformed", id="empty"
        ),
        pytest.param("house", {"answer": "accept"}, "answer_malformed", id="nothing to accept"),
        pytest.param("house", {"answer": "withdraw"}, "answer_malformed", id="not its to withdraw"),
        pytest.param("studio", {"answer": "grant"}, "answer_malformed", id="granting itself"),
        pytest.param(
            "house",
            {
                "answer": "counter",
                "offer": {"price": {"kind": "flat", "amount": "3", "currency": "USD"}},
            },
            "answer_malformed",
            id="another currency",
        ),
        pytest.param(
            "house",
            {"answer": "condition", "conditions": {"max_duraton_ms": 1}},
            "answer_malformed",
            id="misspelt",
        ),
        pytest.param(
            "house",
            {"answer": "counter", "offer": {"price": {"kind": "flat", "amount": "-3"}}},
            "answer_malformed",
            id="below zero",
        ),
        pytest.param("stranger", {"answer": "grant"}, "unknown_approval", id="a stranger"),
    ],
)
def test_an_answer_that_nobody_could_act_on_changes_nothing(
    world: World, in_review: Register, who: str, answer: dict[str, Any], code: str
) -> None:
    in_review()
    studio, house = world.platform(), world.owner()
    people = {"studio": studio, "house": house, "stranger": world.platform("stranger")}
    asked = studio.ask()
    approval = studio.look(asked)["approvals"][0]["id"]

    refused = people[who].client.post(f"/v1/approvals/{approval}/answer", json=answer)

    assert refused.json()["code"] == code
    assert studio.look(asked)["status"] == "waiting"


def test_a_stranger_sees_no_approval_at_all(world: World, in_review: Register) -> None:
    in_review()
    studio, stranger = world.platform(), world.platform("stranger")
    approval = studio.ask()["id"]

    assert stranger.get("/v1/approvals") == {"approvals": []}
    found = stranger.client.get(
        f"/v1/approvals/{studio.look({'id': approval})['approvals'][0]['id']}"
    )
    assert found.json()["code"] == "unknown_approval"


def test_the_same_answer_twice_is_one_answer(world: World, in_review: Register) -> None:
    in_review()
    studio, house = world.platform(), world.owner()
    studio.ask()
    [waiting] = house.queue()

    first = house.answer(waiting["id"], "grant")
    again = house.answer(waiting["id"], "grant")
    other = house.answer(waiting["id"], "decline", status=409)

    assert first == again
    assert other["code"] == "approval_closed"
    assert world.told == ["clearance.granted"]


def test_a_delegate_answers_in_the_owners_place_and_the_record_says_who(
    world: World, in_review: Register
) -> None:
    delegate_id = f"agency-{world.number}"
    world.register(owner="agency", hero="Tori")
    in_review(approval={"answer_within_hours": 24, "delegates": [delegate_id]})
    studio, agency = world.platform(), world.tenant(delegate_id)
    asked = studio.ask()

    [waiting] = agency.queue()
    agency.answer(waiting["id"], "grant")

    assert studio.look(asked)["status"] == "reserved"
    [answer] = agency.get(f"/v1/approvals/{waiting['id']}")["answers"]
    assert (answer["by"], answer["side"]) == (delegate_id, "licensor")


def test_every_owner_has_to_agree_and_one_no_decides(world: World) -> None:
    world.register(approval_required=True)
    world.register(owner="temple", hero="Tori", approval_required=True)
    studio, house, temple = world.platform(), world.owner(), world.owner("temple")
    both = {"prompt": f"{world.hero()} and {world.hero('Tori')} at sea"}
    first, second = studio.ask(**both), studio.ask(**both)

    for clearance, last in ((first, "grant"), (second, "decline")):
        mine = {each["licensor"]: each["id"] for each in studio.look(clearance)["approvals"]}
        house.answer(mine[house.id], "grant")
        assert studio.look(clearance)["status"] == "waiting"
        temple.answer(mine[temple.id], last)

    assert studio.look(first)["status"] == "reserved"
    assert (studio.look(second)["outcome"], studio.held_yen) == ("denied", 200)


def test_a_platform_that_gives_up_is_no_longer_waited_for(
    world: World, in_review: Register
) -> None:
    in_review()
    studio, house = world.platform(), world.owner()
    first, second = studio.ask(), studio.ask()

    studio.post(f"/v1/clearances/{first['id']}/void")
    withdrawn = studio.look(second)["approvals"][0]["id"]
    studio.answer(withdrawn, "withdraw")

    assert [studio.look(each)["status"] for each in (first, second)] == ["voided", "voided"]
    assert studio.held_yen == 0
    assert house.queue() == []
    assert len(house.queue("withdrawn")) == 2


def test_fifty_are_answered_at_once_each_for_itself(world: World, in_review: Register) -> None:
    in_review()
    studio, house = world.platform(), world.owner()
    asked = [studio.ask(seconds=1) for _ in range(6)]
    queue = house.get("/v1/approvals?limit=50")["approvals"]
    answers = [{"approval": each["id"], "answer": "grant"} for each in queue]
    answers[2]["answer"] = "decline"
    answers[3]["answer"] = "accept"
    answers.append({"approval": "apr_00", "answer": "grant"})

    done = house.post("/v1/approvals/answers", {"answers": answers})["approvals"]
    many = house.client.post("/v1/approvals/answers", json={"answers": answers[:1] * 51})

    statuses = sorted(studio.look(each)["status"] for each in asked)
    assert statuses == ["reserved", "reserved", "reserved", "reserved", "voided", "waiting"]
    assert done[3]["error"]["code"] == "answer_malformed"
    assert done[6]["error"]["code"] == "unknown_approval"
    assert many.status_code == 422


def test_a_prompt_is_shown_only_on_request_and_forgotten_with_the_answer(
    world: World, in_review: Register
) -> None:
    in_review()
    studio, house = world.platform(), world.owner()
    studio.ask(share_prompt=True)
    [waiting] = house.queue()

    before = house.get(f"/v1/approvals/{waiting['id']}")["request"]
    house.answer(waiting["id"], "grant")
    after = house.get(f"/v1/approvals/{waiting['id']}")["request"]

    assert before["prompt"] == f"{world.hero()} watches the sea"
    assert "prompt" not in after
    assert "watches" not in str(world.receiver.requests)


def test_without_credit_nobody_is_asked(world: World, in_review: Register) -> None:
    in_review()
    studio, house = world.platform(yen=5), world.owner()

    asked = studio.ask()

    codes = [reason["code"] for reason in asked["findings"][0]["reasons"]]
    assert (asked["outcome"], asked["status"]) == ("needs_approval", "answered")
    assert codes == ["terms.approval_required", "price.insufficient_credit"]
    assert house.queue() == []


def test_a_quote_asks_nobody(world: World, in_review: Register) -> None:
    in_review()
    studio, house = world.platform(), world.owner()

    quote = studio.ask(quote_only=True)

    assert (quote["outcome"], quote["status"]) == ("needs_approval", "answered")
    assert house.queue() == []

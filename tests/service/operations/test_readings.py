"""Records of readings: kept with their clearance, shown to their platform, replayed, forgotten."""

import json
from datetime import timedelta

import pytest

from licensing.clearance.replay import Prompt
from licensing.clearance.use import Use
from licensing.errors import RegistryMalformed, UnknownClearance
from service.errors import UnknownReading
from service.operations.clearances import ClearanceRequest, clear_prompt
from service.operations.readings import forget_readings, get_reading, replay_reading
from service.operations.registry import export_registry, import_registry
from service.operations.tenants import add_platform
from service.runtime import Runtime

PLATFORM = "kirin-studio"
TEXT = "星灯りの庭のミオが花をわたす"


@pytest.fixture
def clearance_id(garden: Runtime, use: Use) -> str:
    request = ClearanceRequest(prompt=TEXT, negative_prompt="ロボット", use=use)
    return clear_prompt(garden, PLATFORM, request, idempotency_key="k1").id


def given_prompt() -> Prompt:
    return Prompt(text=TEXT, negative_text="ロボット")


def test_a_clearance_records_how_its_prompt_was_read(garden: Runtime, clearance_id: str) -> None:
    recorded = get_reading(garden, clearance_id, tenant=PLATFORM).to_json()

    assert recorded["clearance"] == clearance_id
    assert recorded["registry_version"] == 1
    assert recorded["mentions"][0]["rules"] == ["name.exact", "sure.unique"]
    assert TEXT not in json.dumps(recorded, ensure_ascii=False)


def test_the_decision_is_made_again_byte_for_byte(garden: Runtime, clearance_id: str) -> None:
    found = replay_reading(garden, clearance_id, given_prompt(), tenant=PLATFORM)

    assert (found.is_identical, found.differences) == (True, ())


def test_a_budget_or_missing_credit_plays_no_part_in_it(garden: Runtime, use: Use) -> None:
    add_platform(garden, "poor", "Poor")
    request = ClearanceRequest(prompt=TEXT, use=use)
    answer = clear_prompt(garden, "poor", request, idempotency_key="k")

    assert answer.outcome == "needs_payment"
    assert replay_reading(garden, answer.id, Prompt(text=TEXT)).is_identical


def test_after_a_change_of_the_registry_its_export_of_then_is_needed(
    garden: Runtime, clearance_id: str
) -> None:
    then = export_registry(garden).encode()
    document = json.loads(then)
    document["subjects"][0]["names"].append({"text": "Newname", "lang": "en", "kind": "alias"})
    import_registry(garden, json.dumps(document).encode())

    today = replay_reading(garden, clearance_id, given_prompt())
    of_then = replay_reading(garden, clearance_id, given_prompt(), registry=then)

    assert [each.code for each in today.differences] == ["registry_differs"]
    assert of_then.is_identical
    with pytest.raises(RegistryMalformed):
        replay_reading(garden, clearance_id, given_prompt(), registry=b"{}")


def test_another_platform_sees_nothing(garden: Runtime, clearance_id: str) -> None:
    add_platform(garden, "outsider", "Outsider")

    with pytest.raises(UnknownClearance):
        get_reading(garden, clearance_id, tenant="outsider")
    with pytest.raises(UnknownClearance):
        get_reading(garden, "clr_nothing")


def test_a_record_is_forgotten_after_its_time_and_its_clearance_is_not(
    garden: Runtime, use: Use
) -> None:
    # Written as if long ago: the database itself refuses to delete before the time is over.
    past = Runtime(
        garden.settings,
        database=garden.database,
        blobs=garden.blobs,
        clock=lambda: garden.now() - timedelta(days=1096),
    )
    request = ClearanceRequest(prompt="a lake", use=use)
    old = clear_prompt(past, PLATFORM, request, idempotency_key="old").id
    new = clear_prompt(garden, PLATFORM, request, idempotency_key="new").id

    assert (forget_readings(garden), forget_readings(garden)) == (1, 0)
    assert get_reading(garden, new).record.mentions == ()
    with pytest.raises(UnknownReading):
        get_reading(garden, old)

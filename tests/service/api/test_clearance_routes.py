"""Clearances over HTTP, and who may see them."""

from collections.abc import Callable

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from service.api.schemas import MAX_PROMPT_CHARS, ClearanceOut, ReadingOut

Clear = Callable[..., Response]
USE = {"territory": "JP", "purpose": "personal", "duration_s": 8}


def code(response: Response) -> tuple[int, str]:
    assert response.headers["content-type"] == "application/problem+json"
    return response.status_code, response.json()["code"]


def test_a_reading_finds_the_mentions(platform_a: TestClient) -> None:
    response = platform_a.post(
        "/v1/readings", json={"prompt": "天音ミオ", "negative_prompt": "rain"}
    )

    assert response.status_code == 200
    reading = ReadingOut.model_validate(response.json())
    assert [mention.subject for mention in reading.mentions] == ["hoshiakari-mio"]


def test_a_granted_clearance_carries_price_and_token(platform_a: TestClient, clear: Clear) -> None:
    response = clear(platform_a)

    assert response.status_code == 201
    answer = ClearanceOut.model_validate(response.json())
    assert answer.outcome == "granted_priced"
    assert answer.price is not None
    assert answer.price.amount_micros == 98_800_000
    assert answer.token


def test_a_refusal_is_an_answer_with_its_reasons(platform_a: TestClient, clear: Clear) -> None:
    response = clear(platform_a, use={**USE, "territory": "US"})

    assert response.status_code == 201
    answer = ClearanceOut.model_validate(response.json())
    assert answer.outcome == "denied"
    assert answer.token is None
    assert answer.findings[0].reasons[0].code.startswith("terms.")


def test_the_same_key_gives_the_same_answer_and_other_facts_are_an_error(
    platform_a: TestClient, clear: Clear
) -> None:
    first = clear(platform_a)

    again = clear(platform_a)
    other = clear(platform_a, prompt="天音ミオ")

    assert again.json() == first.json()
    assert code(other) == (409, "idempotency_key_reused")


def test_a_quote_is_confirmed_and_then_voided(platform_a: TestClient, clear: Clear) -> None:
    quote = clear(platform_a, quote_only=True).json()
    address = f"/v1/clearances/{quote['id']}"

    confirmed = platform_a.post(f"{address}/confirm")
    voided = platform_a.post(f"{address}/void")
    voided_again = platform_a.post(f"{address}/void")
    confirmed_too_late = platform_a.post(f"{address}/confirm")

    assert "token" not in quote
    assert confirmed.json()["token"]
    assert voided.json()["status"] == "voided"
    assert voided_again.json() == voided.json() == platform_a.get(address).json()
    assert code(confirmed_too_late) == (409, "clearance_not_reserved")


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"prompt": ""}, id="empty prompt"),
        pytest.param({"prompt": "x" * (MAX_PROMPT_CHARS + 1)}, id="endless prompt"),
        pytest.param({"use": {**USE, "territory": "jp"}}, id="lower-case territory"),
        pytest.param({"use": {**USE, "purpose": "fun"}}, id="unknown purpose"),
        pytest.param({"use": {**USE, "duration_s": 0}}, id="no length"),
        pytest.param({"use": {**USE, "duration_s": 3601}}, id="too long"),
        pytest.param({"use": {**USE, "duration_s": 1.0001}}, id="finer than a millisecond"),
        pytest.param({"use": {**USE, "duration_s": "NaN"}}, id="not a number"),
        pytest.param({"use": {**USE, "where": "TV"}}, id="unknown member"),
        pytest.param({"use": {**USE, "channels": ["x"] * 21}}, id="too many channels"),
        pytest.param({"budget": {"amount_micros": 1, "currency": "yen"}}, id="no currency"),
        pytest.param({"budget": {"amount_micros": 2**63, "currency": "JPY"}}, id="too much"),
    ],
)
def test_a_malformed_request_names_the_field(
    platform_a: TestClient, changes: dict[str, object], clear: Clear
) -> None:
    response = clear(platform_a, **changes)

    assert code(response) == (422, "request_malformed")
    (field,) = changes
    assert field in response.json()["errors"][0]["where"]


def test_half_a_character_is_no_prompt(platform_a: TestClient) -> None:
    response = platform_a.post(
        "/v1/readings",
        content=rb'{"prompt": "\ud800"}',
        headers={"Content-Type": "application/json"},
    )

    assert code(response) == (422, "request_malformed")


def test_a_territory_that_no_list_knows_is_named(platform_a: TestClient, clear: Clear) -> None:
    response = clear(platform_a, use={**USE, "territory": "XX"})

    assert code(response) == (422, "use_malformed")
    assert response.json()["field"] == "territory"


def test_what_may_cost_money_needs_a_key(platform_a: TestClient, clear: Clear) -> None:
    missing = platform_a.post("/v1/clearances", json={"prompt": "x", "use": USE})
    malformed = clear(platform_a, key="two words")

    assert code(missing) == (400, "idempotency_key_missing")
    assert code(malformed) == (422, "request_malformed")


def test_a_body_beyond_the_limit_is_not_read(platform_a: TestClient, clear: Clear) -> None:
    response = clear(platform_a, prompt="x" * 2_000_000)

    assert code(response)[0] == 413


def test_a_body_that_is_no_json_is_malformed(platform_a: TestClient) -> None:
    response = platform_a.post(
        "/v1/readings",
        content=b"{",
        headers={"Content-Type": "application/json"},
    )

    assert code(response) == (422, "request_malformed")


def test_the_registry_is_served_as_it_was_imported(platform_a: TestClient) -> None:
    response = platform_a.get("/v1/registry")

    assert response.status_code == 200
    assert response.json()["format"] == "rakkan-registry/1"
    assert [subject["id"] for subject in response.json()["subjects"]] == [
        "hoshiakari",
        "hoshiakari-mio",
    ]


def test_a_subject_is_served_with_the_origin_of_its_names(platform_a: TestClient) -> None:
    found = platform_a.get("/v1/registry/subjects/hoshiakari-mio")
    unknown = platform_a.get("/v1/registry/subjects/a/b")

    origins = {name["text"]: name["origin"] for name in found.json()["names"]}
    assert (origins["ミオ"], origins["mio"]) == ("given", "generated")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_subject")


def test_a_platform_sees_how_its_prompt_was_read_and_replays_it(
    platform_a: TestClient, platform_b: TestClient, clear: Clear
) -> None:
    prompt = {"prompt": "天音ミオの庭"}
    clearance_id = clear(platform_a, **prompt).json()["id"]
    path = f"/v1/clearances/{clearance_id}/reading"

    recorded = platform_a.get(path).json()
    same = platform_a.post(f"{path}/replay", json=prompt).json()
    other = platform_a.post(f"{path}/replay", json={"prompt": "a lake"}).json()

    assert recorded["mentions"][0]["rules"][0] == "name.exact"
    assert "surface" not in recorded["mentions"][0]
    assert same["identical"] is True
    assert same["decision"]["findings"][0]["subject"] == recorded["mentions"][0]["subject"]
    assert (other["identical"], other["reading"]) == (False, None)
    assert other["differences"][0]["code"] == "prompt_differs"
    assert platform_b.get(path).status_code == 404
    assert platform_b.post(f"{path}/replay", json=prompt).status_code == 404


def test_names_are_tried_on_ordinary_prompts_without_being_stored(platform_a: TestClient) -> None:
    name = {"text": "Dragon", "lang": "en", "kind": "official"}
    subject = {"id": "dragon", "kind": "character", "names": [name]}
    document = {"format": "rakkan-registry/1", "subjects": [subject]}

    report = platform_a.post("/v1/registry/lints", json=document)
    broken = platform_a.post("/v1/registry/lints", content=b'{"format": 1}')
    huge = platform_a.post("/v1/registry/lints", content=b" " * (1024**2 + 1))

    assert report.json()["findings"][0]["proposed"]["ambiguity"] == "common"
    assert (broken.status_code, broken.json()["code"]) == (422, "registry_malformed")
    assert huge.status_code == 413
    assert platform_a.get("/v1/registry/subjects/dragon").status_code == 404


def test_a_description_is_asked_about_and_never_refused(
    platform_a: TestClient, clear: Clear
) -> None:
    prompt = "ミオという名の猫が眠る"

    answer = clear(platform_a, prompt=prompt)
    again = clear(platform_a, prompt=prompt)
    read = platform_a.get(f"/v1/clearances/{answer.json()['id']}")

    (doubt,) = answer.json()["alternatives"]
    assert answer.json()["outcome"] == "not_referenced"
    assert (doubt["code"], doubt["subject"]) == ("name_subject", "hoshiakari-mio")
    assert doubt["mention"] == {"start": 0, "end": 2}
    assert again.json()["alternatives"] == read.json()["alternatives"] == [doubt]

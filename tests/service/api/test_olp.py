"""The Open License Protocol: tokens for subjects, what they are worth, and every wrong request."""

import base64
from typing import TypeAlias
from urllib.parse import urlencode

import pytest
from httpx2 import Response
from joserfc import jws
from joserfc.jwk import KeySet
from starlette.testclient import TestClient

from licensing.registry.terms import Terms
from licensing.standards.publishing import licence_of
from licensing.standards.rsl_writing import write_licence
from service.operations.tenants import create_api_key
from service.runtime import Runtime

Form: TypeAlias = dict[str, str]

PUBLIC = "http://127.0.0.1:8000"


@pytest.fixture(scope="module")
def offer(runtime: Runtime) -> Terms:
    """What the demo's registry offers for Japan."""
    with runtime.transaction() as session:
        snapshot = runtime.snapshot(session)
    return next(
        each
        for terms in snapshot.terms.values()
        for each in terms
        if each.territories.allowed == {"JP"}
    )


@pytest.fixture
def secret(runtime: Runtime, platform_a: TestClient) -> str:
    return create_api_key(runtime, platform_a.headers["X-Tenant"], "olp", ("clearances",)).secret


def basic(client_id: str, secret: str) -> Form:
    encoded = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    return {"Authorization": f"Basic {encoded}"}


def wanted(offer: Terms, **changes: str) -> Form:
    form = {
        "grant_type": "client_credentials",
        "resource": f"{PUBLIC}/subjects/{offer.subject_id}",
        "territory": min(offer.territories.allowed),
        "purpose": min(offer.purposes.allowed),
        "duration_s": "8",
        **changes,
    }
    return {name: value for name, value in form.items() if value != "-"}


def ask(client: TestClient, form: Form, headers: Form, path: str = "/olp/token") -> Response:
    return client.post(path, data=form, headers=headers)


def test_a_client_gets_a_token_that_it_can_check_and_introspect(
    client: TestClient, platform_a: TestClient, secret: str, offer: Terms
) -> None:
    tenant = platform_a.headers["X-Tenant"]
    headers = basic(tenant, secret)

    answer = ask(client, wanted(offer), headers)
    token = answer.json()["access_token"]
    told = ask(client, {"token": token}, headers, "/olp/introspect").json()
    keys = KeySet.import_key_set(client.get("/olp/jwks").json())

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["token_type"] == "License"  # noqa: S105 - a kind, no secret
    assert 3590 <= answer.json()["expires_in"] <= 3600
    assert jws.deserialize_compact(token, keys, algorithms=["Ed25519"]).payload
    assert (told["active"], told["aud"], told["sub"]) == (True, tenant, tenant)
    assert told["terms"] == [{"id": offer.id, "sha256": offer.sha256}]
    assert told["cap"] == {"duration_ms": 8000}


def test_a_licence_that_is_published_is_given_word_by_word(
    client: TestClient, platform_a: TestClient, secret: str, offer: Terms
) -> None:
    headers = basic(platform_a.headers["X-Tenant"], secret)
    licence = write_licence(
        licence_of(offer, public_url=PUBLIC, usage="depict"), media=True
    ).decode()
    other = licence.replace(">JP<", ">US<")

    given = ask(client, wanted(offer, grant_type="rsl", license=licence), headers)
    refused = ask(client, wanted(offer, grant_type="rsl", license=other), headers)

    assert given.status_code == 200
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")


def test_credentials_in_the_form_and_a_repeat_with_a_key(
    client: TestClient, platform_a: TestClient, secret: str, offer: Terms
) -> None:
    form = wanted(offer, client_id=platform_a.headers["X-Tenant"], client_secret=secret)
    key = {"Idempotency-Key": "olp-repeat"}

    first, again, new = ask(client, form, key), ask(client, form, key), ask(client, form, {})
    other = ask(client, form | {"duration_s": "9"}, key)

    assert first.json()["access_token"] == again.json()["access_token"]
    assert first.json()["access_token"] != new.json()["access_token"]
    assert other.json()["error"] == "invalid_request"


def test_a_token_is_worth_nothing_to_strangers_and_after_its_end(
    client: TestClient,
    platform_a: TestClient,
    platform_b: TestClient,
    runtime: Runtime,
    secret: str,
    offer: Terms,
) -> None:
    tenant, stranger = platform_a.headers["X-Tenant"], platform_b.headers["X-Tenant"]
    keys = {
        each: create_api_key(runtime, each, "olp", ("clearances",)).secret
        for each in (stranger, offer.licensor_id)
    }
    token = ask(client, wanted(offer), basic(tenant, secret)).json()["access_token"]

    def told(who: str, key: str, text: str = token) -> dict[str, object]:
        answer: dict[str, object] = ask(
            client, {"token": text}, basic(who, key), "/olp/introspect"
        ).json()
        return answer

    assert told(stranger, keys[stranger]) == {"active": False}
    assert told(offer.licensor_id, keys[offer.licensor_id])["active"] is True
    assert told(tenant, secret, token[:-6] + "AAAAAA") == {"active": False}
    assert told(tenant, secret, "x") == {"active": False}
    clearance = told(tenant, secret)["jti"]
    assert platform_a.post(f"/v1/clearances/{clearance}/void").status_code == 200
    assert told(tenant, secret) == {"active": False}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        pytest.param({"grant_type": "-"}, "invalid_request", id="no grant type"),
        pytest.param({"grant_type": "password"}, "unsupported_grant_type", id="another grant"),
        pytest.param({"grant_type": "rsl"}, "invalid_request", id="rsl without a licence"),
        pytest.param({"resource": "-"}, "invalid_request", id="no resource"),
        pytest.param({"resource": "https://elsewhere.example/x"}, "invalid_target", id="elsewhere"),
        pytest.param({"resource": f"{PUBLIC}/subjects/"}, "invalid_target", id="no subject"),
        pytest.param({"resource": f"{PUBLIC}/subjects/a/b"}, "invalid_target", id="two subjects"),
        pytest.param({"resource": f"{PUBLIC}/subjects/nobody"}, "invalid_target", id="unknown"),
        pytest.param({"territory": "Japan"}, "invalid_request", id="no territory code"),
        pytest.param({"duration_s": "1e9"}, "invalid_request", id="no length"),
        pytest.param({"duration_s": "3601"}, "invalid_request", id="longer than anything"),
        pytest.param({"duration_s": "3600"}, "invalid_grant", id="longer than the terms"),
        pytest.param({"territory": "AQ"}, "invalid_grant", id="outside the territories"),
        pytest.param({"audience_rating": "x"}, "invalid_request", id="no rating"),
        pytest.param({"license": "<license"}, "invalid_request", id="broken licence"),
        pytest.param(
            {"license": "<!DOCTYPE license []><license/>"}, "invalid_request", id="a bomb"
        ),
        pytest.param({"license": "<license/>"}, "invalid_grant", id="a licence nobody offers"),
        pytest.param({"colour\u202e": "red"}, "invalid_request", id="an unknown parameter"),
        pytest.param({"purpose": "a\x00"}, "invalid_request", id="a zero byte"),
        pytest.param({"client_secret": "x"}, "invalid_request", id="credentials twice"),
    ],
)
def test_a_wrong_request_is_told_so_in_the_words_of_oauth(
    client: TestClient,
    platform_a: TestClient,
    secret: str,
    offer: Terms,
    changes: Form,
    error: str,
) -> None:
    headers = basic(platform_a.headers["X-Tenant"], secret)

    answer = ask(client, wanted(offer, **changes), headers)

    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert answer.json()["error_description"].isascii()
    assert set(answer.json()) == {"error", "error_description"}
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="nobody"),
        pytest.param({"Authorization": "Bearer x"}, id="another scheme"),
        pytest.param({"Authorization": "Basic %%%"}, id="no base64"),
        pytest.param({"Authorization": "Basic /w=="}, id="no text"),
        pytest.param(basic("nobody", ""), id="no secret"),
        pytest.param(
            {"Authorization": "Basic " + base64.b64encode(b"colonless").decode()}, id="no colon"
        ),
        pytest.param(basic("nobody", "rk_wrong"), id="a wrong key"),
    ],
)
def test_an_unknown_client_is_asked_who_it_is(
    client: TestClient, offer: Terms, headers: Form
) -> None:
    for path in ("/olp/token", "/olp/introspect"):
        answer = ask(client, wanted(offer), headers, path)

        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
        assert answer.headers["www-authenticate"].startswith("Basic")


def test_a_good_key_under_another_name_is_no_client(
    client: TestClient, platform_b: TestClient, secret: str, offer: Terms
) -> None:
    answer = ask(client, wanted(offer), basic(platform_b.headers["X-Tenant"], secret))

    assert answer.json()["error"] == "invalid_client"


def test_a_key_that_may_not_clear_is_not_authorized(
    client: TestClient, platform_a: TestClient, runtime: Runtime, offer: Terms
) -> None:
    tenant = platform_a.headers["X-Tenant"]
    weak = create_api_key(runtime, tenant, "weak", ("readings",)).secret

    answer = ask(client, wanted(offer), basic(tenant, weak))

    assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")


def test_who_guesses_keys_is_slowed_down(client: TestClient, offer: Terms) -> None:
    # Two seconds give one more guess, so a slow machine may see a few of them.
    statuses = [
        ask(client, wanted(offer), basic("nobody", f"rk_{n}")).status_code for n in range(60)
    ]

    assert statuses[:30] == [401] * 30
    assert 429 in statuses[30:]


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        pytest.param("{}", "application/json", 400, id="JSON"),
        pytest.param("a=1&a=2", "application/x-www-form-urlencoded", 400, id="twice"),
        pytest.param("a", "application/x-www-form-urlencoded", 400, id="no value"),
        pytest.param("a=%FF", "application/x-www-form-urlencoded", 400, id="no UTF-8"),
        pytest.param(b"a=\xff", "application/x-www-form-urlencoded", 400, id="no ASCII"),
        pytest.param(
            urlencode({str(n): "1" for n in range(40)}),
            "application/x-www-form-urlencoded",
            400,
            id="too many",
        ),
        pytest.param("a=" + "x" * 70_000, "application/x-www-form-urlencoded", 413, id="too large"),
        pytest.param("", "application/x-www-form-urlencoded", 401, id="nothing"),
    ],
)
def test_a_form_that_cannot_be_read_is_refused(
    client: TestClient, content: str | bytes, media_type: str, status: int
) -> None:
    answer = client.post("/olp/token", content=content, headers={"Content-Type": media_type})

    assert answer.status_code == status
    assert "error" in answer.json()


@pytest.mark.parametrize("missing", ["territory", "purpose", "duration_s"])
def test_what_does_not_follow_from_the_offers_is_asked_for(
    client: TestClient, platform_a: TestClient, secret: str, offer: Terms, missing: str
) -> None:
    headers = basic(platform_a.headers["X-Tenant"], secret)

    answer = ask(client, wanted(offer, **{missing: "-"}), headers)

    assert answer.json()["error"] == "invalid_request"
    assert answer.json()["error_description"].startswith(f"{missing} is missing")


def test_what_follows_from_the_offer_may_be_left_out(
    client: TestClient, platform_a: TestClient, secret: str, runtime: Runtime
) -> None:
    headers = basic(platform_a.headers["X-Tenant"], secret)
    with runtime.transaction() as session:
        snapshot = runtime.snapshot(session)
    free = next(
        each
        for terms in snapshot.terms.values()
        for each in terms
        if each.territories.allowed == {"FR"}
    )
    licence = write_licence(licence_of(free, public_url=PUBLIC, usage="search"), media=False)
    form = {
        "grant_type": "rsl",
        "resource": f"{PUBLIC}/subjects/{free.subject_id}",
        "license": licence.decode(),
    }

    answer = ask(client, form, headers)
    # Everything was filled in, so the terms were asked: they want to see each use first.
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    assert answer.json()["error_description"] == "needs_approval: terms.approval_required"


def test_introspection_needs_a_token(
    client: TestClient, platform_a: TestClient, secret: str
) -> None:
    headers = basic(platform_a.headers["X-Tenant"], secret)

    answer = ask(client, {"token_type_hint": "x"}, headers, "/olp/introspect")

    assert answer.json()["error"] == "invalid_request"

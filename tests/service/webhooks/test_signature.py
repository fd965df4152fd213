"""The signature of a webhook, against the specification's own example and a check from its text."""

import base64
import hashlib
import hmac

import pytest

from service.webhooks.errors import WebhookEventUnknown
from service.webhooks.events import check_event_types, is_wanted
from service.webhooks.schedule import MOST_ATTEMPTS, WAITS, wait_after
from service.webhooks.signature import derive_secret, signature_headers

KEY = bytes(range(32))


def test_the_example_of_the_standard_gets_the_signature_that_its_libraries_give() -> None:
    # The vector that the reference libraries of Standard Webhooks are tested with.
    headers = signature_headers(
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp_s=1614265330,
        body=b'{"test": 2432232314}',
    )

    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_two_secrets_give_two_signatures_in_one_header() -> None:
    secrets = [derive_secret(KEY, "whk_1", number) for number in (2, 1)]

    header = signature_headers(secrets, message_id="evt_1", timestamp_s=7, body=b"{}")

    wanted = []
    for secret in secrets:
        key = base64.b64decode(secret.split("_", 1)[1])
        digest = hmac.new(key, b"evt_1.7.{}", hashlib.sha256).digest()
        wanted.append("v1," + base64.b64encode(digest).decode())
    assert header["webhook-signature"].split(" ") == wanted


@pytest.mark.parametrize(
    ("webhook_id", "number", "key"),
    [
        pytest.param("whk_2", 1, KEY, id="another webhook"),
        pytest.param("whk_1", 2, KEY, id="the next secret"),
        pytest.param("whk_1", 1, bytes(32), id="another installation"),
    ],
)
def test_a_secret_belongs_to_one_webhook_one_rotation_one_installation(
    webhook_id: str, number: int, key: bytes
) -> None:
    assert derive_secret(key, webhook_id, number) != derive_secret(KEY, "whk_1", 1)
    assert derive_secret(KEY, "whk_1", 1) == derive_secret(KEY, "whk_1", 1)


def test_attempts_go_on_for_three_days_and_then_end() -> None:
    assert [wait_after(failed) for failed in range(1, MOST_ATTEMPTS + 1)] == [*WAITS, None]
    assert 3 <= sum(wait.total_seconds() for wait in WAITS) / 86_400 < 4


def test_an_endpoint_is_told_of_what_it_named_of_all_if_it_named_none_and_of_tests() -> None:
    wanted = check_event_types(["stamp.failed", "clearance.granted", "stamp.failed"])

    assert wanted == ("clearance.granted", "stamp.failed")
    assert is_wanted("stamp.failed", wanted)
    assert is_wanted("webhook.test", wanted)
    assert not is_wanted("stamp.completed", wanted)
    assert is_wanted("stamp.completed", ())


def test_an_event_that_does_not_exist_cannot_be_waited_for() -> None:
    with pytest.raises(WebhookEventUnknown, match=r"stamp\.vanished"):
        check_event_types(["stamp.vanished"])

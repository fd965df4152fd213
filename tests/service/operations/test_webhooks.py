"""Webhooks from the event to the receiver's answer, against a real HTTP server."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, TypeAlias

import pytest
from sqlalchemy import URL, text

from service.embedded_postgres import connect_directly, superuser_address
from service.operations.tenants import add_platform
from service.operations.webhook_deliveries import (
    deliver,
    list_deliveries,
    replay_delivery,
    spread_event,
)
from service.operations.webhooks import (
    MOST_WEBHOOKS,
    add_webhook,
    delete_webhook,
    enable_webhook,
    get_webhook,
    list_webhooks,
    rotate_webhook_secret,
    send_test_event,
)
from service.resolution_errors import AddressRefused
from service.runtime import Runtime
from service.settings import Settings
from service.webhooks.errors import (
    UnknownWebhook,
    UnknownWebhookDelivery,
    WebhookKeyLost,
    WebhookLimitReached,
    WebhookNotActive,
)
from service.webhooks.outbox import publish
from service.webhooks.schedule import MOST_ATTEMPTS

Receiver: TypeAlias = Any  # tests/service/conftest.py


_numbers = count(1)


@pytest.fixture(scope="module")
def installation(
    postgres: URL, tmp_path_factory: pytest.TempPathFactory, receiver_at_work: Receiver
) -> Iterator[Runtime]:
    """One that may call the receiver and gives up on a hanging one quickly, for all tests here."""
    with connect_directly(superuser_address(postgres)) as connection:
        connection.execute(f"create database webhooks template {postgres.database} owner rakkan")
    clock = Clock()
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("webhooks"),
        database_url=postgres.set(database="webhooks").render_as_string(hide_password=False),
        outgoing_allowed_origins=(receiver_at_work.url.removesuffix("/hook"),),
        outgoing_limit_s=0.3,
    )
    with Runtime.open(settings, clock=clock) as opened:
        add_platform(opened, "other", "Other")
        yield opened


class Clock:
    """A clock that tests put forward; it never goes back."""

    ahead = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def runtime(installation: Runtime, receiver: Receiver) -> Runtime:
    """The installation with an empty queue, and a receiver that has the same time."""
    receiver.now_s = lambda: installation.now().timestamp()
    with installation.transaction() as session:
        session.connection().execute(text("delete from procrastinate_jobs"))
    return installation


@pytest.fixture
def aurora(runtime: Runtime) -> str:
    """A platform of this test's own."""
    return add_platform(runtime, f"aurora-{next(_numbers)}", "Aurora").id


@pytest.fixture
def advance(runtime: Runtime) -> Callable[[timedelta], None]:
    """Put the installation's clock forward."""

    def forward(by: timedelta) -> None:
        runtime._clock.ahead += by  # type: ignore[attr-defined]  # it is a Clock, see above

    return forward


def tell(runtime: Runtime, tenant: str, event_type: str = "clearance.granted") -> str:
    """Let something happen to the tenant."""
    with runtime.transaction() as session:
        return publish(
            session,
            tenant_id=tenant,
            originator_id="operator",
            event_type=event_type,
            data={"clearance": "clr_1"},
            at=runtime.now(),
        )


def work(runtime: Runtime) -> int:
    """Do every job that is due by the runtime's clock, as a worker would; tells how many."""
    done = 0
    while True:
        with runtime.transaction() as session:
            row = (
                session.connection()
                .execute(
                    text(
                        "delete from procrastinate_jobs where id = (select id "
                        "from procrastinate_jobs where queue_name = 'webhooks' and "
                        "(scheduled_at is null or "
                        "scheduled_at <= :now) order by id limit 1) returning task_name, args"
                    ),
                    {"now": runtime.now()},
                )
                .one_or_none()
            )
        if row is None:
            return done
        done += 1
        {"spread_event": spread_event, "deliver_webhook": deliver}[row.task_name](
            runtime, *row.args.values()
        )


def test_an_event_arrives_once_signed_and_is_logged(
    runtime: Runtime, aurora: str, receiver: Receiver
) -> None:
    made = add_webhook(runtime, aurora, receiver.url, event_types=["clearance.granted"])

    event_id = tell(runtime, aurora)
    work(runtime)

    assert receiver.ids == [event_id]
    assert receiver.is_signed(0, made.secret)
    assert receiver.events[0]["type"] == "clearance.granted"
    assert receiver.events[0]["data"] == {"clearance": "clr_1"}
    [logged] = list_deliveries(runtime, aurora, made.webhook.id)
    assert logged.delivery.status == "delivered"
    assert [(a.status_code, a.response_excerpt) for a in logged.attempts] == [(200, "thank you")]
    assert logged.attempts[0].latency_ms >= 0


def test_a_changed_body_or_another_secret_is_not_signed(
    runtime: Runtime, aurora: str, receiver: Receiver
) -> None:
    made = add_webhook(runtime, aurora, receiver.url)
    other = add_webhook(runtime, "other", receiver.url)
    tell(runtime, aurora)
    work(runtime)

    headers, body = receiver.requests[0]
    receiver.requests.append((headers, body.replace(b"clr_1", b"clr_2")))

    assert receiver.is_signed(0, made.secret)
    assert not receiver.is_signed(0, other.secret)
    assert not receiver.is_signed(1, made.secret)


def test_nobody_is_told_of_what_happens_to_others_or_of_what_they_did_not_ask_for(
    runtime: Runtime, aurora: str, receiver: Receiver
) -> None:
    add_webhook(runtime, "other", receiver.url)
    add_webhook(runtime, aurora, receiver.url, event_types=["stamp.failed"])

    tell(runtime, aurora)
    work(runtime)

    assert receiver.requests == []


def test_an_event_that_is_spread_twice_is_delivered_once(
    runtime: Runtime, aurora: str, receiver: Receiver
) -> None:
    add_webhook(runtime, aurora, receiver.url)

    event_id = tell(runtime, aurora)
    spread_event(runtime, event_id)
    work(runtime)

    assert receiver.ids == [event_id]


def test_an_effect_that_is_rolled_back_is_never_told(
    runtime: Runtime, aurora: str, receiver: Receiver
) -> None:
    add_webhook(runtime, aurora, receiver.url)

    def change_my_mind() -> None:
        with runtime.transaction() as session:
            publish(
                session,
                tenant_id=aurora,
                originator_id="operator",
                event_type="stamp.failed",
                data={},
                at=runtime.now(),
            )
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change_my_mind()

    assert work(runtime) == 0


@pytest.mark.parametrize(
    ("status", "headers", "hang", "problem"),
    [
        pytest.param(500, {}, False, None, id="broken"),
        pytest.param(302, {"Location": "http://169.254.169.254/"}, False, None, id="redirects"),
        pytest.param(429, {}, False, None, id="overloaded"),
        pytest.param(200, {}, True, "fetch_failed: it did not answer in time", id="hangs"),
    ],
)
def test_what_is_no_success_is_tried_again_under_the_same_id(
    runtime: Runtime,
    aurora: str,
    receiver: Receiver,
    advance: Callable[[timedelta], None],
    status: int,
    headers: dict[str, str],
    hang: bool,  # noqa: FBT001 - a column of the table
    problem: str | None,
) -> None:
    made = add_webhook(runtime, aurora, receiver.url)
    receiver.status, receiver.headers, receiver.hang = status, headers, hang
    event_id = tell(runtime, aurora)

    work(runtime)
    receiver.status, receiver.hang = 200, False
    assert work(runtime) == 0
    advance(timedelta(seconds=6))
    work(runtime)

    assert receiver.ids == [event_id, event_id]
    assert receiver.is_signed(1, made.secret)
    [logged] = list_deliveries(runtime, aurora, made.webhook.id)
    assert logged.delivery.status == "delivered"
    assert logged.attempts[0].problem == problem
    assert logged.attempts[0].status_code == (None if hang else status)
    assert get_webhook(runtime, aurora, made.webhook.id).failing_since is None


def test_a_large_or_binary_answer_is_cut_and_made_printable(
    runtime: Runtime, aurora: str, receiver: Receiver
) -> None:
    made = add_webhook(runtime, aurora, receiver.url)
    receiver.body = b"\x00\x1b[31m" + "悪".encode() * 100_000

    tell(runtime, aurora)
    work(runtime)

    [logged] = list_deliveries(runtime, aurora, made.webhook.id)
    excerpt = logged.attempts[0].response_excerpt
    assert excerpt.startswith("��[31m悪")
    assert len(excerpt) < 1024


def test_an_endpoint_that_fails_for_days_is_disabled_with_the_reason(
    runtime: Runtime, aurora: str, receiver: Receiver, advance: Callable[[timedelta], None]
) -> None:
    made = add_webhook(runtime, aurora, receiver.url)
    receiver.status = 503
    tell(runtime, aurora)
    for _ in range(MOST_ATTEMPTS):
        work(runtime)
        advance(timedelta(days=1))
    [first] = list_deliveries(runtime, aurora, made.webhook.id)

    tell(runtime, aurora)
    work(runtime)

    assert first.delivery.status == "failed"
    webhook = get_webhook(runtime, aurora, made.webhook.id)
    assert webhook.status == "disabled"
    assert "it answered 503" in (webhook.disabled_reason or "")
    count = len(receiver.requests)
    tell(runtime, aurora)
    work(runtime)
    assert len(receiver.requests) == count


def test_a_receiver_that_is_gone_is_disabled_at_once(
    runtime: Runtime, aurora: str, receiver: Receiver
) -> None:
    made = add_webhook(runtime, aurora, receiver.url)
    receiver.status = 410

    tell(runtime, aurora)
    work(runtime)

    assert get_webhook(runtime, aurora, made.webhook.id).status == "disabled"
    with pytest.raises(WebhookNotActive):
        send_test_event(runtime, aurora, made.webhook.id)


def test_what_was_missed_is_replayed_under_its_own_id(
    runtime: Runtime, aurora: str, receiver: Receiver
) -> None:
    made = add_webhook(runtime, aurora, receiver.url)
    receiver.status = 410
    event_id = tell(runtime, aurora)
    work(runtime)
    [missed] = list_deliveries(runtime, aurora, made.webhook.id)
    with pytest.raises(WebhookNotActive):
        replay_delivery(runtime, aurora, missed.delivery.id)

    receiver.status = 200
    enable_webhook(runtime, aurora, made.webhook.id)
    replay_delivery(runtime, aurora, missed.delivery.id)
    replay_delivery(runtime, aurora, missed.delivery.id)
    work(runtime)

    assert receiver.ids == [event_id, event_id]
    [logged] = list_deliveries(runtime, aurora, made.webhook.id)
    assert [attempt.status_code for attempt in logged.attempts] == [410, 200]


def test_rotation_signs_with_both_secrets_until_the_overlap_ends(
    runtime: Runtime, aurora: str, receiver: Receiver, advance: Callable[[timedelta], None]
) -> None:
    old = add_webhook(runtime, aurora, receiver.url)

    new = rotate_webhook_secret(runtime, aurora, old.webhook.id)
    tell(runtime, aurora)
    work(runtime)
    both = [receiver.is_signed(0, old.secret), receiver.is_signed(0, new.secret)]
    advance(timedelta(days=1, seconds=1))
    tell(runtime, aurora)
    work(runtime)

    assert both == [True, True]
    assert receiver.is_signed(1, new.secret)
    headers, _ = receiver.requests[1]
    assert len(headers["webhook-signature"].split(" ")) == 1


def test_a_test_event_goes_to_the_one_that_is_tested(
    runtime: Runtime, aurora: str, receiver: Receiver
) -> None:
    made = add_webhook(runtime, aurora, receiver.url, event_types=["stamp.failed"])
    add_webhook(runtime, aurora, receiver.url)

    event_id = send_test_event(runtime, aurora, made.webhook.id)
    work(runtime)

    assert receiver.ids == [event_id]
    assert receiver.events[0]["data"] == {"webhook": made.webhook.id}


def test_a_deleted_webhook_is_never_called_and_cannot_be_found(
    runtime: Runtime, aurora: str, receiver: Receiver
) -> None:
    made = add_webhook(runtime, aurora, receiver.url)
    tell(runtime, aurora)

    delete_webhook(runtime, aurora, made.webhook.id)
    work(runtime)

    assert receiver.requests == []
    assert list_webhooks(runtime, aurora) == []
    for again in (delete_webhook, get_webhook, rotate_webhook_secret, send_test_event):
        with pytest.raises(UnknownWebhook):
            again(runtime, aurora, made.webhook.id)


def test_another_tenant_finds_neither_webhook_nor_delivery(
    runtime: Runtime, aurora: str, receiver: Receiver
) -> None:
    made = add_webhook(runtime, aurora, receiver.url)
    tell(runtime, aurora)
    work(runtime)
    [logged] = list_deliveries(runtime, aurora, made.webhook.id)

    for door in (get_webhook, delete_webhook, rotate_webhook_secret, list_deliveries):
        with pytest.raises(UnknownWebhook):
            door(runtime, "other", made.webhook.id)
    with pytest.raises(UnknownWebhookDelivery):
        replay_delivery(runtime, "other", logged.delivery.id)


@pytest.mark.parametrize(
    "url",
    [
        "http://receiver.example/hook",
        "https://127.0.0.1/hook",
        "https://169.254.169.254/latest/meta-data",
        "https://user:secret@receiver.example/",
        "https://[::1]/",
        "ftp://receiver.example/",
        "no address",
    ],
)
def test_an_address_inside_or_without_tls_is_refused(
    runtime: Runtime, aurora: str, url: str
) -> None:
    with pytest.raises(AddressRefused):
        add_webhook(runtime, aurora, url)


def test_the_number_of_webhooks_is_bounded(
    runtime: Runtime, aurora: str, receiver: Receiver
) -> None:
    for _ in range(MOST_WEBHOOKS):
        add_webhook(runtime, aurora, receiver.url)

    with pytest.raises(WebhookLimitReached):
        add_webhook(runtime, aurora, receiver.url)


def test_nothing_is_signed_with_a_key_that_is_another_one_than_before(
    runtime: Runtime, aurora: str, receiver: Receiver
) -> None:
    made = add_webhook(runtime, aurora, receiver.url)
    path = runtime.settings.webhook_key_folder / "webhooks.key"
    kept = path.read_text()
    path.write_text("ab" * 32)
    del runtime.webhook_key

    tell(runtime, aurora)
    with pytest.raises(WebhookKeyLost):
        work(runtime)

    rotated = rotate_webhook_secret(runtime, aurora, made.webhook.id)
    path.write_text(kept)
    del runtime.webhook_key
    assert receiver.requests == []
    assert rotated.secret != made.secret


def test_no_secret_is_in_the_database(runtime: Runtime, aurora: str, receiver: Receiver) -> None:
    made = add_webhook(runtime, aurora, receiver.url)

    with runtime.transaction() as session:
        row = (
            session.connection()
            .execute(
                text("select webhook::text from webhook where id = :id"), {"id": made.webhook.id}
            )
            .scalar_one()
        )

    assert made.secret not in row
    assert made.secret.removeprefix("whsec_") not in row


def test_deliveries_are_read_page_by_page(
    runtime: Runtime, aurora: str, receiver: Receiver
) -> None:
    made = add_webhook(runtime, aurora, receiver.url)
    events = [tell(runtime, aurora) for _ in range(5)]
    work(runtime)

    first = list_deliveries(runtime, aurora, made.webhook.id, limit=3)
    last = first[-1].delivery.id
    rest = list_deliveries(runtime, aurora, made.webhook.id, limit=3, before=last)

    assert [each.event.id for each in first + rest] == events[::-1]

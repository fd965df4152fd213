"""What the stories play with: a studio that asks, owners with their terms, a clock, a webhook."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, TypeAlias

import pytest
from sqlalchemy import URL, text
from starlette.testclient import TestClient

from licensing.money import Money
from licensing.royalties.accounts import platform_credit
from service.auth import SCOPES
from service.embedded_postgres import connect_directly, superuser_address
from service.operations.registry import import_registry
from service.operations.revocations import apply_revocation
from service.operations.tenants import add_platform, create_api_key, credit_platform
from service.operations.webhook_deliveries import deliver, spread_event
from service.operations.webhooks import add_webhook
from service.runtime import Runtime
from service.settings import Settings
from service.web import create_app

Receiver: TypeAlias = Any  # tests/service/conftest.py

_numbers = count(1)


class Clock:
    """A clock that stories put forward."""

    ahead = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class World:
    """One installation with its clock; every story has tenants and a franchise of its own."""

    def __init__(self, runtime: Runtime, clock: Clock, receiver: Receiver) -> None:
        self.runtime, self.clock, self.receiver = runtime, clock, receiver
        self.number = next(_numbers)
        self._keys = count(1)
        self._app = create_app(runtime)

    def wait(self, **how_long: float) -> None:
        self.clock.ahead += timedelta(**how_long)

    def platform(self, name: str = "studio", *, yen: int = 1_000_000) -> "Tenant":
        """A platform with credit, whose webhook leads to the receiver."""
        tenant_id = f"{name}-{self.number}"
        add_platform(self.runtime, tenant_id, tenant_id)
        credit_platform(self.runtime, tenant_id, Money(yen * 1_000_000, "JPY"), reference="start")
        add_webhook(self.runtime, tenant_id, f"{self.receiver.url}/{self.number}")
        return self.tenant(tenant_id)

    def owner(self, name: str = "house") -> "Tenant":
        """A licensor, once a franchise of it is registered."""
        return self.tenant(f"{name}-{self.number}")

    def listen(self, tenant: "Tenant") -> None:
        """Tell the receiver what happens to this tenant, too."""
        add_webhook(self.runtime, tenant.id, f"{self.receiver.url}/{self.number}")

    def tenant(self, tenant_id: str) -> "Tenant":
        key = create_api_key(self.runtime, tenant_id, "story", SCOPES)
        headers = {"Authorization": f"Bearer {key.secret}"}
        client = TestClient(self._app, follow_redirects=False, headers=headers)
        return Tenant(self, tenant_id, client, self._keys)

    def register(self, *, owner: str = "house", hero: str = "Kumo", **terms: object) -> str:
        """Register one hero under the owner's terms; keyword arguments replace members."""
        licensor, subject = f"{owner}-{self.number}", f"{hero.lower()}-{self.number}"
        offer = {
            "id": f"{subject}-v{terms.get('version', 1)}",
            "subject": subject,
            "licensor": licensor,
            "version": 1,
            "territories": ["JP"],
            "purposes": ["personal"],
            "max_duration_s": 60,
            "audience_ratings": ["all", "teen"],
            "valid_from": "2026-01-01T00:00:00Z",
            "valid_until": None,
            "approval_required": False,
            "price": {"kind": "per_second", "amount": "10", "currency": "JPY"},
        } | terms
        name = {"text": self.hero(hero), "lang": "en", "kind": "official", "ambiguity": "unique"}
        document = {
            "format": "rakkan-registry/1",
            "subjects": [{"id": subject, "kind": "character", "parent": None, "names": [name]}],
            "licensors": [{"id": licensor, "name": licensor}],
            "ownership": [{"subject": subject, "licensor": licensor, "share": "1/1"}],
            "terms": [offer],
        }
        import_registry(self.runtime, json.dumps(document).encode())
        return str(offer["id"])

    def hero(self, hero: str = "Kumo") -> str:
        return f"{hero} Number {self.number} Sentinel"

    def work(self) -> None:
        """Send every webhook that is due, as a worker would."""
        tasks = {"spread_event": spread_event, "deliver_webhook": deliver}
        while True:
            with self.runtime.transaction() as session:
                job = (
                    session.connection()
                    .execute(
                        text(
                            "delete from procrastinate_jobs where id = (select id "
                            "from procrastinate_jobs where queue_name = 'webhooks' and "
                            "(scheduled_at is null or scheduled_at <= :now) order by id limit 1) "
                            "returning task_name, args"
                        ),
                        {"now": self.runtime.now()},
                    )
                    .one_or_none()
                )
            if job is None:
                return
            tasks[job.task_name](self.runtime, *job.args.values())

    def apply_revocations(self) -> None:
        """Do the jobs of revocations that are due."""
        with self.runtime.transaction() as session:
            jobs = session.connection().execute(
                text(
                    "delete from procrastinate_jobs where task_name = 'apply_revocation' and "
                    "(scheduled_at is null or scheduled_at <= :now) returning args"
                ),
                {"now": self.runtime.now()},
            )
            found = [job.args for job in jobs]
        for args in found:
            apply_revocation(self.runtime, **args)

    @property
    def told(self) -> list[str]:
        """The types of this story's events that reached the receiver, in their order."""
        self.work()
        arrived = zip(self.receiver.paths, self.receiver.events, strict=True)
        return [event["type"] for path, event in arrived if path.endswith(f"/{self.number}")]


class Tenant:
    """A platform or an owner, with a key of its own."""

    def __init__(
        self, world: World, tenant_id: str, client: TestClient, keys: Iterator[int]
    ) -> None:
        self.world, self.id, self.client, self._keys = world, tenant_id, client, keys

    def ask(self, *, seconds: float = 10, rating: str = "all", **more: object) -> dict[str, Any]:
        """Ask for a clearance of the hero."""
        use = {"territory": "JP", "purpose": "personal", "duration_s": seconds}
        body = {
            "prompt": f"{self.world.hero()} watches the sea",
            "use": use | {"audience_rating": rating},
            **more,
        }
        headers = {"Idempotency-Key": f"story-{next(self._keys)}"}
        answer = self.client.post("/v1/clearances", json=body, headers=headers)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def look(self, clearance: dict[str, Any]) -> dict[str, Any]:
        return self.get(f"/v1/clearances/{clearance['id']}")

    def get(self, path: str) -> dict[str, Any]:
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def post(self, path: str, body: object = None, *, status: int = 200) -> dict[str, Any]:
        answer = self.client.post(path, json=body)
        assert answer.status_code == status, answer.text
        return dict(answer.json())

    def answer(
        self, approval: str, verb: str, *, status: int = 200, **more: object
    ) -> dict[str, Any]:
        return self.post(
            f"/v1/approvals/{approval}/answer", {"answer": verb, **more}, status=status
        )

    def queue(self, status: str = "requested") -> list[dict[str, Any]]:
        return list(self.get(f"/v1/approvals?status={status}")["approvals"])

    @property
    def held_yen(self) -> float:
        with self.world.runtime.transaction() as session:
            micros = session.connection().execute(
                text("select held_micros from account where id = :id"),
                {"id": platform_credit(self.id, "JPY")},
            )
            return micros.scalar_one() / 1_000_000


@pytest.fixture(scope="session")
def stage(
    postgres: URL, tmp_path_factory: pytest.TempPathFactory, receiver_at_work: Receiver
) -> Iterator[tuple[Runtime, Clock]]:
    """One installation for all stories."""
    with connect_directly(superuser_address(postgres)) as connection:
        connection.execute(f"create database stories template {postgres.database} owner rakkan")
    clock = Clock()
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("stories"),
        database_url=postgres.set(database="stories").render_as_string(hide_password=False),
        outgoing_allowed_origins=(receiver_at_work.url.removesuffix("/hook"),),
        encoder_preset="ultrafast",
    )
    with Runtime.open(settings, clock=clock) as runtime:
        yield runtime, clock


@pytest.fixture
def world(stage: tuple[Runtime, Clock], receiver: Receiver) -> World:
    """A world for one story, with an empty queue."""
    runtime, clock = stage
    with runtime.transaction() as session:
        session.connection().execute(text("delete from procrastinate_jobs"))
    return World(runtime, clock, receiver)


@pytest.fixture
def in_review(world: World) -> Callable[..., str]:
    """Register the hero under terms whose owner wants to see each use."""

    def register(**terms: object) -> str:
        return world.register(approval_required=True, **terms)

    return register


@pytest.fixture
def revocable(world: World) -> Callable[..., str]:
    """Register the hero under terms whose revocation, with 30 days' notice, has this effect."""

    def register(effect: str, **terms: object) -> str:
        return world.register(revocation={"effect": effect, "notice_days": 30}, **terms)

    return register

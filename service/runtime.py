"""What an operation works with: settings, clock, database, files, keys, all opened once."""

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from functools import cached_property

from sqlmodel import Session

from licensing.clearance.token import TokenIssuer
from licensing.reading.judging import Judge
from licensing.registry.snapshot import RegistrySnapshot
from manifests.credentials.timestamp import TimestampPolicy, timestamp_sources
from manifests.marks.keys import MarkKeyRing, init_mark_keys
from manifests.media.limits import Limits
from manifests.trust.keys import KeyRing, init_development_keys
from manifests.trust.lists import TrustLists
from service.blobs import Blobs
from service.database import OPERATOR, PUBLIC, Database, opened_database
from service.errors import SchemaOutdated
from service.judge import judge_of
from service.lexicon_files import LexiconFiles
from service.live_registry import LiveRegistry
from service.settings import Settings
from service.timestamp_client import HttpAuthority
from service.webhooks.master_key import init_webhook_key

__all__ = ["OPERATOR", "PUBLIC", "Runtime"]


def utc_now() -> datetime:
    """Read the machine's clock."""
    return datetime.now(UTC)


class Runtime:
    """
    One opened installation. Operations take it as their first argument.

    Safe to share between threads. What an operation may not need (keys, trust lists) is loaded
    when it is first asked for.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        database: Database,
        blobs: Blobs,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.settings = settings
        self.database = database
        self.blobs = blobs
        self._clock = clock
        self.registry = LiveRegistry(lambda: self.lexicon_files, self.transaction)

    @classmethod
    @contextmanager
    def open(
        cls,
        settings: Settings,
        *,
        clock: Callable[[], datetime] = utc_now,
    ) -> Generator["Runtime"]:
        """
        Open everything and close it again.

        An embedded database is upgraded on the way; another one raises `SchemaOutdated` when it
        needs `rakkan db upgrade`.
        """
        with opened_database(settings) as database:
            try:
                database.require_current_schema()
            except SchemaOutdated:
                if settings.database_url is not None:
                    raise
                database.upgrade()
            yield cls(settings, database=database, blobs=Blobs.open(settings), clock=clock)

    def now(self) -> datetime:
        """Tell the time, in UTC."""
        return self._clock()

    def transaction(self, tenant: str = OPERATOR) -> AbstractContextManager[Session]:
        """
        Run a transaction that sees what the tenant may see; commit at its end.

        Nothing else in the service commits. Raises `DatabaseUnavailable`.
        """
        return self.database.transaction(tenant)

    def snapshot(self, session: Session) -> RegistrySnapshot:
        """
        Read the registry as the caller's transaction finds it.

        Costs one look at the version; what changed is read once a version. Where that takes long,
        the last registry that was made ready is given until the new one is.
        """
        return self.registry.snapshot(session)

    @cached_property
    def lexicon_files(self) -> LexiconFiles:
        """Where compiled registries are kept."""
        return LexiconFiles(
            self.settings.lexicons_folder,
            self.blobs,
            lambda: self.keys.licence_token_key_pem,
        )

    @cached_property
    def keys(self) -> KeyRing:
        """The signing keys; development keys are made when the folder is empty."""
        return init_development_keys(
            self.settings.keys_folder,
            at=self.now(),
            passphrase=self.settings.keys_passphrase_bytes,
        )

    @cached_property
    def mark_keys(self) -> MarkKeyRing:
        """The keys of the mark in the pictures; one is made when the folder has none."""
        return init_mark_keys(self.settings.mark_keys_folder, at=self.now())

    @cached_property
    def webhook_key(self) -> bytes:
        """What the secrets of webhooks are derived from; made when the folder has none."""
        return init_webhook_key(self.settings.webhook_key_folder)

    @cached_property
    def trust_lists(self) -> TrustLists:
        """Whom this service trusts: the official lists, and itself."""
        return TrustLists.official().with_own(self.keys)

    @cached_property
    def token_issuer(self) -> TokenIssuer:
        """Signs and reads licence tokens."""
        return TokenIssuer(
            self.keys.licence_token_key_pem,
            self.settings.public_url,
            self.keys.key_id,
        )

    @cached_property
    def timestamps(self) -> TimestampPolicy:
        """Whom a signature asks for the time, how long, and what to do when nobody answers."""
        return TimestampPolicy(
            sources=timestamp_sources(
                [HttpAuthority(url) for url in self.settings.tsa_urls],
                keys=self.keys,
                now=self.now,
            ),
            limit_s=self.settings.tsa_limit_s,
            when_unavailable=self.settings.tsa_unavailable,
        )

    @cached_property
    def judge(self) -> Judge | None:
        """Who is asked about mentions that the rules cannot settle; None when nobody is."""
        return judge_of(self.settings)

    @cached_property
    def limits(self) -> Limits:
        """How much a video may ask for."""
        return Limits(
            size_bytes=self.settings.upload_max_bytes,
            duration_ms=self.settings.video_max_duration_s * 1000,
        )

"""Every setting of the service, read from the environment as `RAKKAN_*`."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class Settings(BaseSettings):
    """
    What one installation decides. `rakkan settings` prints it, secrets masked.

    Made once by a door (command line, web application, worker) and handed on; nothing reads the
    environment later.
    """

    model_config = SettingsConfigDict(env_prefix="RAKKAN_", frozen=True, extra="ignore")

    data_dir: Path = Field(
        default=Path("var"),
        description="Folder of the embedded database, the blobs and the development keys.",
    )
    database_url: SecretStr | None = Field(
        default=None,
        description="PostgreSQL to use, postgresql://user:password@host/name. "
        "Without it an embedded one runs in the data folder.",
    )
    database_owner_url: SecretStr | None = Field(
        default=None,
        description="The same database, as the role that owns the schema; "
        "`rakkan db upgrade` uses it. Without it, database_url.",
    )
    database_pool_size: int = Field(
        default=10,
        ge=1,
        le=500,
        description="Most connections one process holds.",
    )
    blob_url: str | None = Field(
        default=None,
        description="Where files are kept: s3://bucket/prefix, gs://…, az://… or file:///…. "
        "Without it, a folder in the data folder.",
    )
    keys_dir: Path | None = Field(
        default=None,
        description="Folder of the signing keys. Without it, a folder in the data folder.",
    )
    keys_passphrase: SecretStr | None = Field(
        default=None,
        description="Opens the signing keys, and seals new ones. Without it, they lie as they are, "
        "readable by their owner alone.",
    )
    public_url: str = Field(
        default="http://127.0.0.1:8000",
        description="Address under which the public reaches this service; manifests carry it.",
    )
    tsa_urls: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="RFC 3161 timestamp authorities, comma separated, in order of preference. "
        "Without one, a development authority inside this process.",
    )
    tsa_limit_s: float = Field(
        default=5.0,
        gt=0,
        le=25,
        description="How long to wait for one timestamp authority before asking the next.",
    )
    tsa_unavailable: Literal["refuse", "sign_without"] = Field(
        default="refuse",
        description="When no authority answers: refuse to stamp (the job is retried), or sign "
        "without a time stamp, in which case the signature ends with its certificate.",
    )
    clearance_lifetime_s: int = Field(
        default=3600,
        ge=1,
        le=30 * 24 * 3600,
        description="How long a granted clearance reserves its price.",
    )
    approval_clock_s: int = Field(
        default=14 * 24 * 3600,
        ge=60,
        description="How long licensors may think whose terms name no time; then silence refuses.",
    )
    stamping_window_s: int = Field(
        default=24 * 3600,
        ge=60,
        description="How long a presented licence token waits for its video to be stamped.",
    )
    reading_lifetime_days: int = Field(
        default=1095,
        ge=1,
        le=36_500,
        description="How long the record of a reading is kept, without which its decision cannot "
        "be replayed.",
    )
    verification_lifetime_s: int = Field(
        default=24 * 3600,
        ge=60,
        description="How long the result of an anonymous check is kept.",
    )
    verifications_per_minute: int = Field(
        default=10,
        ge=1,
        description="Anonymous checks one address may start in a minute.",
    )
    references_enabled: bool = Field(
        default=False,
        description="Whether the resolution API fetches assets from addresses it is told.",
    )
    resolver_urls: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Other resolution services that a check may send a file to, with its sender's "
        "consent: base addresses such as https://resolver.example/v1, comma separated.",
    )
    content_searches: int = Field(
        default=2,
        ge=1,
        le=64,
        description="Searches with a whole asset (resolution API) one web process runs at a time; "
        "more are told to come again.",
    )
    outgoing_allowed_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Private or plain-http origins that may be connected to all the same, such as "
        "http://10.0.0.7:8080, comma separated.",
    )
    outgoing_limit_s: float = Field(
        default=20.0,
        gt=0,
        description="How long an outgoing request may take.",
    )
    judge_url: str | None = Field(
        default=None,
        description="Base address of an OpenAI-compatible server that judges uncertain mentions, "
        "such as https://judge.example/v1. It is sent the prompts concerned. Without it, nobody "
        "is asked.",
    )
    judge_model: str | None = Field(
        default=None,
        validate_default=True,
        description="Model that the judge's server is asked for.",
    )
    judge_api_key: SecretStr | None = Field(
        default=None,
        description="Bearer key for the judge's server, if it wants one.",
    )
    judge_limit_s: float = Field(
        default=2.0,
        gt=0,
        le=2,
        description="How long a reading waits for the judge; then the rules stand alone.",
    )
    rsl_media_draft: Literal["off", "2026-06"] = Field(
        default="off",
        description="Which draft of RSL-MEDIA 1.0 is read and written. Its authors do not want it "
        "in production; no conformance is claimed.",
    )
    webhook_secret_overlap_s: int = Field(
        default=24 * 3600,
        ge=0,
        description="How long a webhook is signed with its previous secret too after rotation.",
    )
    webhook_disabled_after_s: int = Field(
        default=5 * 24 * 3600,
        ge=60,
        description="A webhook that failed without a break for this long is disabled.",
    )
    upload_max_bytes: int = Field(
        default=2 * 1024**3,
        ge=1,
        description="Largest video taken.",
    )
    video_max_duration_s: int = Field(
        default=600,
        ge=1,
        description="Longest video taken.",
    )
    encoder_preset: Literal["ultrafast", "veryfast", "fast", "medium", "slow"] = Field(
        default="medium",
        description="How hard x264 works on a stamped video: slower makes smaller files.",
    )
    encoder_crf: int = Field(
        default=18,
        ge=10,
        le=24,
        description="Quality of a stamped video, lower is better; a mark needs 20 or less.",
    )
    detection_budget_s: float = Field(
        default=15.0,
        gt=0,
        description="How long a check may search for a mark after the video was watched.",
    )
    worker_concurrency: int = Field(
        default=2,
        ge=1,
        le=64,
        description="Jobs one worker runs at a time.",
    )
    worker_stalled_after_s: float = Field(
        default=30.0,
        ge=1,
        description="A worker silent for this long is taken for dead; others do its jobs again.",
    )
    log_format: Literal["auto", "json", "console"] = Field(
        default="auto",
        description="How logs look on stderr; auto: console on a terminal, else JSON lines.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info",
        description="Least important log line shown.",
    )

    @field_validator("tsa_urls", "resolver_urls", "outgoing_allowed_origins", mode="before")
    @classmethod
    def _split_at_commas(cls, value: object) -> object:
        """Read `a,b` as two addresses: a list in an environment variable."""
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("public_url")
    @classmethod
    def _drop_final_slash(cls, value: str) -> str:
        """Make `public_url + "/v/…"` always right, and refuse what no browser could open."""
        if not value.startswith(("http://", "https://")):
            problem = "public_url must start with http:// or https://"
            raise ValueError(problem)
        return value.rstrip("/")

    @field_validator("judge_url")
    @classmethod
    def _check_judge(cls, value: str | None) -> str | None:
        """Refuse an address that could never be asked, or that would show a secret in logs."""
        parts = urlsplit(value or "https://judge")
        if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
            problem = "judge_url must be like https://judge.example/v1, without a password"
            raise ValueError(problem)
        return value

    @field_validator("judge_model")
    @classmethod
    def _judge_needs_a_model(cls, value: str | None, given: ValidationInfo) -> str | None:
        if given.data.get("judge_url") is not None and not value:
            problem = "name the model that the server at judge_url is asked for"
            raise ValueError(problem)
        return value

    @field_validator(
        *("database_url", "database_owner_url", "blob_url", "keys_dir", "keys_passphrase"),
        *("judge_url", "judge_api_key"),
        mode="before",
    )
    @classmethod
    def _empty_is_unset(cls, value: object) -> object:
        """Compose files pass unset variables as empty strings."""
        return None if value == "" else value

    @property
    def clearance_lifetime(self) -> timedelta:
        """How long a granted clearance, or a quote, stands."""
        return timedelta(seconds=self.clearance_lifetime_s)

    @property
    def approval_clock(self) -> timedelta:
        """How long an approval waits where the terms name no time."""
        return timedelta(seconds=self.approval_clock_s)

    @property
    def stamping_window(self) -> timedelta:
        """How long a presented token waits for its video to be stamped."""
        return timedelta(seconds=self.stamping_window_s)

    @property
    def reading_lifetime(self) -> timedelta:
        """How long the record of a reading is kept."""
        return timedelta(days=self.reading_lifetime_days)

    @property
    def verification_lifetime(self) -> timedelta:
        """How long the result of an anonymous check is kept."""
        return timedelta(seconds=self.verification_lifetime_s)

    @property
    def webhook_secret_overlap(self) -> timedelta:
        """How long two secrets of a webhook hold side by side."""
        return timedelta(seconds=self.webhook_secret_overlap_s)

    @property
    def webhook_disabled_after(self) -> timedelta:
        """How long a webhook may fail without a break."""
        return timedelta(seconds=self.webhook_disabled_after_s)

    @property
    def postgres_folder(self) -> Path:
        """Where the embedded PostgreSQL lives."""
        return self.data_dir / "postgres"

    @property
    def blobs_folder(self) -> Path:
        """Where files are kept when no blob_url is set."""
        return self.data_dir / "blobs"

    @property
    def mark_keys_folder(self) -> Path:
        """Where the keys of the mark are kept: beside those that sign, which stand alone."""
        return self.keys_folder.with_name(f"{self.keys_folder.name}-marks")

    @property
    def webhook_key_folder(self) -> Path:
        """Where the key of the webhooks' secrets is kept."""
        return self.keys_folder.with_name(f"{self.keys_folder.name}-webhooks")

    @property
    def lexicons_folder(self) -> Path:
        """Where copies of compiled registries lie; it can be deleted, and is then filled again."""
        return self.data_dir / "lexicons"

    @property
    def index_folder(self) -> Path:
        """Where the fingerprint index lies; it can be deleted, and is then built again."""
        return self.data_dir / "index"

    @property
    def keys_folder(self) -> Path:
        """Where the signing keys are kept."""
        return self.keys_dir or self.data_dir / "keys"

    @property
    def keys_passphrase_bytes(self) -> bytes | None:
        """What opens the signing keys."""
        told = self.keys_passphrase
        return None if told is None else told.get_secret_value().encode()

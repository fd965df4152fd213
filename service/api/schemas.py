"""The JSON that comes in and goes out: the shapes of the API, and the limits of each field."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from licensing.clearance.codes import (
    CONTENT_CATEGORIES,
    MEDIA,
    ContentCategory,
    Medium,
    UserClass,
)
from licensing.clearance.use import Use, parse_use
from licensing.money import MAX_MICROS, Money

MAX_PROMPT_CHARS = 20_000
MAX_DURATION_S = 3600

Prompt = Annotated[str, StringConstraints(min_length=1, max_length=MAX_PROMPT_CHARS)]
NegativePrompt = Annotated[str, StringConstraints(max_length=MAX_PROMPT_CHARS)]
Territory = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Channel = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,64}$")]
Resolution = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9×]{1,16}$")]
Label = Annotated[
    str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")
]
Note = Annotated[str, StringConstraints(max_length=1000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]
ApprovalId = Annotated[str, StringConstraints(pattern=r"^apr_[0-9a-f]{1,64}$")]
# A JWS in its compact form: three base64url parts.
LicenceToken = Annotated[
    str,
    StringConstraints(max_length=8192, pattern=r"^[\w-]+\.[\w-]+\.[\w-]+$"),
]


class Incoming(BaseModel):
    """What a caller sends: a misspelt member is an error, not a silent default."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Outgoing(BaseModel):
    """What a caller gets; later versions may add members."""

    model_config = ConfigDict(extra="allow")


class MoneyIn(Incoming):
    """An exact amount in millionths of the currency's major unit."""

    amount_micros: int = Field(ge=0, le=MAX_MICROS)
    currency: Currency

    def to_money(self) -> Money:
        """Give the amount as the core counts it."""
        return Money(self.amount_micros, self.currency)


class UseIn(Incoming):
    """What will be done with the video."""

    territory: Territory = Field(description="ISO 3166-1 alpha-2")
    purpose: Literal["personal", "commercial"]
    duration_s: Decimal = Field(gt=0, le=MAX_DURATION_S, decimal_places=3)
    channels: list[Channel] = Field(default_factory=list, max_length=20)
    audience_rating: Literal["all", "teen", "mature"] = "all"
    resolution: Resolution | None = Field(default=None, description="Such as 1080p or 1920x1080")
    user_class: UserClass | None = Field(default=None, description="Who makes the video")
    media: list[Medium] = Field(
        default_factory=list, max_length=len(MEDIA), description="Where it is shown"
    )
    content: list[ContentCategory] = Field(
        default_factory=list,
        max_length=len(CONTENT_CATEGORIES),
        description="What it contains; what is not listed is promised to be left out",
    )

    def to_use(self) -> Use:
        """Give the use as the core checks it; raises `UseMalformed` for an unknown territory."""
        return parse_use(self.model_dump())


class ReadingIn(Incoming):
    """A prompt to look through."""

    prompt: Prompt
    negative_prompt: NegativePrompt | None = None


class ClearanceIn(Incoming):
    """A prompt, the use that is intended, and what may be spent on it."""

    prompt: Prompt
    negative_prompt: NegativePrompt | None = None
    use: UseIn
    budget: MoneyIn | None = None
    quote_only: bool = False
    note_to_licensors: Note = Field(
        default="",
        description="What licensors who want to be asked are told in your words.",
    )
    share_prompt: bool = Field(
        default=False,
        description="Show the prompt to those licensors, until they have answered.",
    )
    approval: ApprovalId | None = Field(
        default=None,
        description="A conditional approval whose conditions this request meets.",
    )


class SourceIn(Incoming):
    """The model that made the video, and when."""

    generator: Label
    generator_version: Label
    created_at: AwareDatetime


class StampIn(Incoming):
    """A video to come, with the licence that covers it, if any."""

    clearance_token: LicenceToken | None = None
    source: SourceIn
    strength: Literal["quality", "balanced", "robust"] = "balanced"


class MentionOut(Outgoing):
    """A reference found in a prompt; offsets count code points of the original text."""

    subject: str
    start: int
    end: int
    surface: str
    evidence: str
    strength: Literal["strong", "weak"]
    confidence: float | None = None
    polarity: Literal["affirmed", "negated"]
    reasons: list[str]
    rules: list[str]


class JudgeOut(Outgoing):
    """How asking the judge went; only `answered` can have changed a mention."""

    outcome: Literal["answered", "late", "failed", "nonsense", "skipped"]
    model: str
    problem: str | None


class ReadingOut(Outgoing):
    """Every mention of a prompt; `judge` is there when one was asked."""

    id: str
    registry_version: int
    mentions: list[MentionOut]
    judge: JudgeOut | None = None


class RecordedReadingOut(Outgoing):
    """How the prompt of a clearance was read, in facts; `mentions` hold no words of it."""

    clearance: str
    read_at: datetime
    outcome: str
    prompt_sha256: str
    normaliser: str
    rules_sha256: str
    thresholds: dict[str, float]
    registry_version: int
    registry_sha256: str
    surroundings_sha256: str
    mentions: list[dict[str, Any]]
    reading_sha256: str
    decision_sha256: str
    judge: dict[str, Any] | None


class DifferenceOut(Outgoing):
    """One thing that is not as it was recorded."""

    code: str
    message: str


class ReplayOut(Outgoing):
    """Whether a decision made again is the same, byte for byte, and what differs."""

    identical: bool
    differences: list[DifferenceOut]
    reading: ReadingOut | None
    decision: dict[str, Any] | None


class MoneyOut(Outgoing):
    """An exact amount in millionths of the currency's major unit."""

    amount_micros: int
    currency: str


class ReasonOut(Outgoing):
    """Why an answer is what it is."""

    code: str
    message: str
    message_ja: str | None = None


class DoubtOut(Outgoing):
    """Somebody whom a prompt describes or hints at, to ask the user about; nothing is decided."""

    code: Literal["name_subject"]
    subject: str
    mention: dict[str, int]
    evidence: str
    confidence: float
    message: str
    message_ja: str


class FindingOut(Outgoing):
    """What was decided about one mention."""

    subject: str
    outcome: str
    reasons: list[ReasonOut]
    terms: Any = None
    price: MoneyOut | None = None


class AlternativeOut(Outgoing):
    """Another way for what was refused, decided and priced like a request."""

    kind: Literal["change_use", "replace", "remove", "public_domain", "ask_owner"]
    outcome: str
    message: str
    message_ja: str
    price: MoneyOut | None = None
    use: dict[str, Any] | None = Field(default=None, description="The use to ask for instead")
    replace: list[dict[str, str]] | None = None
    remove: list[str] | None = None
    licensors: list[str] | None = None


class ClearanceOut(Outgoing):
    """The answer to a clearance; a token comes with a granted one."""

    id: str
    outcome: Literal[
        "not_referenced",
        "granted_free",
        "granted_priced",
        "needs_approval",
        "needs_payment",
        "needs_change",
        "denied",
        "unknown_rights",
        "conflict",
        "stale",
    ]
    findings: list[FindingOut]
    reasons: list[ReasonOut] = Field(
        default_factory=list, description="Reasons that concern no single subject"
    )
    price: MoneyOut | None = None
    token: str | None = None
    expires_at: datetime | None = None
    alternatives: list[AlternativeOut | DoubtOut] = Field(
        description="Other ways for what was refused; then whom the prompt may mean without saying "
        "so: a question to ask, never a refusal"
    )


class StampCreated(Outgoing):
    """Where to send the video."""

    id: str
    upload_url: str


class StampOut(Outgoing):
    """How far a stamp is."""

    id: str
    status: Literal["awaiting_upload", "queued", "running", "completed", "failed"]
    progress: float


class VerificationCreated(Outgoing):
    """Where to ask for the verdict."""

    id: str


class VerificationOut(Outgoing):
    """How far a check is, and its verdict once there is one."""

    status: Literal["queued", "running", "completed", "failed"]
    progress: float
    result: dict[str, Any] | None = None


class ProblemOut(Outgoing):
    """An RFC 9457 problem."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str

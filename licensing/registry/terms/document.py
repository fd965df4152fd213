"""Terms as JSON: the member of `terms` in a registry document, and what their digest is made of."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from licensing.clearance.codes import (
    AUDIENCE_RATINGS,
    CONTENT_CATEGORIES,
    MAX_DURATION_MS,
    MEDIA,
    PURPOSES,
    TERRITORIES,
    USER_CLASSES,
)
from licensing.registry.nodes import Node
from licensing.registry.terms.approval import Approval, approval_from_document
from licensing.registry.terms.combinations import combinations_from_document
from licensing.registry.terms.commitments import (
    advance_from_document,
    advance_to_document,
    guarantee_from_document,
    guarantee_to_document,
)
from licensing.registry.terms.conditions import (
    AudienceRatings,
    Channels,
    Content,
    Embargo,
    Guideline,
    MaxDuration,
    MaxLines,
    Media,
    Purposes,
    Sunset,
    Territories,
    UserClasses,
    Validity,
)
from licensing.registry.terms.pricing import (
    Tiered,
    currency_of,
    money_from_document,
    money_to_document,
    price_from_document,
    price_to_document,
)
from licensing.registry.terms.quotas import quotas_from_document
from licensing.registry.terms.revocation import Revocation, revocation_from_document
from licensing.registry.terms_nodes import instant, instant_text, texts, whole_number, words

if TYPE_CHECKING:
    from licensing.registry.terms.offer import Terms

MAX_ID_CHARS: Final = 200
MAX_VERSION: Final = 1_000_000
MAX_LINES: Final = 17_280
MAX_GUIDELINES: Final = 20
MAX_GUIDELINE_CHARS: Final = 2_000

_REQUIRED: Final = (
    *("id", "subject", "licensor", "version", "territories", "purposes", "max_duration_s"),
    *("audience_ratings", "valid_from", "valid_until", "price", "approval_required"),
)
_OPTIONAL: Final = (
    *("channels", "user_classes", "media", "max_lines", "forbidden_content", "embargo_until"),
    *("sunset_at", "quotas", "combinations", "licensees", "exclusive", "stack_cap", "guarantee"),
    *("advance", "approval", "revocation", "guidelines"),
)


def terms_to_document(terms: "Terms") -> dict[str, Any]:
    """Write the member of `terms`; what is at its default is left out."""
    ends_at = terms.validity.ends_at
    document: dict[str, Any] = {
        "id": terms.id,
        "subject": terms.subject_id,
        "licensor": terms.licensor_id,
        "version": terms.version,
        "territories": sorted(terms.territories.allowed),
        "purposes": _ordered(PURPOSES, terms.purposes.allowed),
        "max_duration_s": terms.max_duration.limit_ms // 1000,
        "audience_ratings": _ordered(AUDIENCE_RATINGS, terms.ratings.allowed),
        "valid_from": instant_text(terms.validity.starts_at),
        "valid_until": instant_text(ends_at) if ends_at is not None else None,
        "price": price_to_document(terms.price),
        "approval_required": terms.approval_required,
    }
    document.update(_conditions_to_document(terms))
    document.update(_contract_to_document(terms))
    return document


def _conditions_to_document(terms: "Terms") -> dict[str, Any]:
    """Write what further limits a use."""
    document: dict[str, Any] = {}
    if terms.channels is not None:
        document["channels"] = sorted(terms.channels.allowed)
    if terms.user_classes is not None:
        document["user_classes"] = _ordered(USER_CLASSES, terms.user_classes.allowed)
    if terms.media is not None:
        document["media"] = _ordered(MEDIA, terms.media.allowed)
    if terms.max_lines is not None:
        document["max_lines"] = terms.max_lines.limit
    if terms.content is not None:
        document["forbidden_content"] = terms.content.ordered()
    if terms.embargo is not None:
        document["embargo_until"] = instant_text(terms.embargo.until)
    if terms.sunset is not None:
        document["sunset_at"] = instant_text(terms.sunset.at)
    if terms.quotas:
        document["quotas"] = [quota.to_document() for quota in terms.quotas]
    if terms.combinations is not None:
        document["combinations"] = terms.combinations.to_document()
    return document


def _contract_to_document(terms: "Terms") -> dict[str, Any]:
    """Write what the parties owe each other beside the use itself."""
    document: dict[str, Any] = {}
    if terms.licensees is not None:
        document["licensees"] = sorted(terms.licensees)
    if terms.exclusive:
        document["exclusive"] = True
    if terms.stack_cap is not None:
        document["stack_cap"] = money_to_document(terms.stack_cap)
    if terms.guarantee is not None:
        document["guarantee"] = guarantee_to_document(terms.guarantee)
    if terms.advance is not None:
        document["advance"] = advance_to_document(terms.advance)
    if terms.approval != Approval():
        document["approval"] = terms.approval.to_document()
    if terms.revocation != Revocation():
        document["revocation"] = terms.revocation.to_document()
    if terms.guidelines:
        document["guidelines"] = [
            {"lang": guideline.lang, "text": guideline.text} for guideline in terms.guidelines
        ]
    return document


def terms_from_document(document: object, where: str) -> dict[str, Any]:
    """
    Read one member of `terms` into the fields of `Terms`.

    Raises `RegistryMalformed` with the place inside `where`; a key that is not known is refused.
    """
    members = Node(document, where).members(required=_REQUIRED, optional=_OPTIONAL)
    limit_s = whole_number(members["max_duration_s"], most=MAX_DURATION_MS // 1000)
    price = price_from_document(members["price"])
    if isinstance(price, Tiered) and price.tiers[-1].up_to_ms < 1000 * limit_s:
        members["price"].fail("its last tier must reach max_duration_s")
    contract = _contract(members)
    if "stack_cap" in contract and contract["stack_cap"].currency != currency_of(price):
        members["stack_cap"].fail("must be in the currency of the price")
    return {
        "id": members["id"].text(max_chars=MAX_ID_CHARS),
        "subject_id": members["subject"].text(max_chars=MAX_ID_CHARS),
        "licensor_id": members["licensor"].text(max_chars=MAX_ID_CHARS),
        "version": whole_number(members["version"], most=MAX_VERSION),
        "territories": Territories(words(members["territories"], TERRITORIES)),
        "purposes": Purposes(words(members["purposes"], PURPOSES)),
        "max_duration": MaxDuration(1000 * limit_s),
        "ratings": AudienceRatings(words(members["audience_ratings"], AUDIENCE_RATINGS)),
        "validity": _validity(members),
        "price": price,
        "approval_required": members["approval_required"].flag(),
        **_conditions(members),
        **contract,
    }


def _conditions(members: dict[str, Node]) -> dict[str, Any]:
    """Read what further limits a use; a member that is not there leaves its field at None."""
    readers: dict[str, tuple[str, Callable[[Node], object]]] = {
        "channels": ("channels", lambda node: Channels(texts(node))),
        "user_classes": ("user_classes", lambda node: UserClasses(words(node, USER_CLASSES))),
        "media": ("media", lambda node: Media(words(node, MEDIA))),
        "max_lines": ("max_lines", lambda node: MaxLines(whole_number(node, most=MAX_LINES))),
        "forbidden_content": (
            "content",
            lambda node: Content(forbidden=words(node, CONTENT_CATEGORIES)),
        ),
        "embargo_until": ("embargo", lambda node: Embargo(instant(node))),
        "sunset_at": ("sunset", lambda node: Sunset(instant(node))),
        "quotas": ("quotas", quotas_from_document),
        "combinations": ("combinations", combinations_from_document),
    }
    return {
        field: read(members[member])
        for member, (field, read) in readers.items()
        if member in members
    }


def _contract(members: dict[str, Node]) -> dict[str, Any]:
    """Read what the parties owe each other beside the use itself."""
    readers: dict[str, Callable[[Node], object]] = {
        # Nobody at all is an answer, too: better than silence.
        "licensees": lambda node: texts(node, may_be_empty=True),
        "exclusive": Node.flag,
        "stack_cap": money_from_document,
        "guarantee": guarantee_from_document,
        "advance": advance_from_document,
        "approval": approval_from_document,
        "revocation": revocation_from_document,
        "guidelines": _guidelines,
    }
    fields = {
        member: read(members[member]) for member, read in readers.items() if member in members
    }
    if fields.get("exclusive") and not fields.get("licensees"):
        members["exclusive"].fail("needs licensees: to whom else would nothing be granted?")
    return fields


def _validity(members: dict[str, Node]) -> Validity:
    starts_at = instant(members["valid_from"])
    until = members["valid_until"]
    ends_at = instant(until) if until.value is not None else None
    if ends_at is not None and ends_at <= starts_at:
        until.fail("must be later than valid_from")
    return Validity(starts_at=starts_at, ends_at=ends_at)


def _guidelines(node: Node) -> tuple[Guideline, ...]:
    items = node.items()
    if not 1 <= len(items) <= MAX_GUIDELINES:
        node.fail(f"must have 1 to {MAX_GUIDELINES} texts")
    read = [item.members(required=("lang", "text")) for item in items]
    return tuple(
        Guideline(
            lang=members["lang"].language(),
            text=members["text"].text(max_chars=MAX_GUIDELINE_CHARS),
        )
        for members in read
    )


def _ordered(order: tuple[str, ...], allowed: frozenset[str]) -> list[str]:
    return [word for word in order if word in allowed]

"""A verdict's JSON → what its page says, in one language. Nothing here decides anything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from markupsafe import Markup, escape

from manifests.verification.wording import DETAILS, HEADLINES
from service.pages.language import Words, isolated
from service.pages.wording import clean, shown_span, shown_time

# The colour says how much to rely on what is shown; the word and the shape say it without colour.
TONES: Final = {
    "verified": "ok",
    "unrecognised": "caution",
    "altered": "bad",
    "altered_recovered": "caution",
    "recovered": "ok",
    "possible_match": "caution",
    "conflict": "bad",
    "nothing": "neutral",
}

# A label that does not fit its bytes, or disputes with the marks, tells no facts.
_LABEL_UNRELIABLE: Final = frozenset({"altered", "conflict"})


@dataclass(frozen=True, slots=True)
class Check:
    """One row of "how we checked"."""

    name: str
    result: str
    detail: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the video, what was found there, and which registered video it leads to."""

    span: str
    state: str
    manifest_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceLine:
    """The second line: it never changes the verdict."""

    status: str
    grants: tuple[Markup, ...]
    licence_id: str | None
    granted_at: str | None
    permitted_until: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictView:
    """Everything the page shows, cleaned and worded."""

    verdict: str
    tone: str
    word: str
    headline: Markup
    label_unreliable: bool
    signer: str | None
    tier: str | None
    generator: str | None
    made_at: str | None
    recovered_by: tuple[str, ...]
    licence: LicenceLine | None
    manifest_id: str | None
    checks: tuple[Check, ...]
    parts: tuple[Part, ...]


def verdict_view(result: Mapping[str, Any], words: Words) -> VerdictView:
    """Word a verdict. A verdict this version does not know is an error, not a guess."""
    verdict = str(result["verdict"])
    unreliable = verdict in _LABEL_UNRELIABLE
    signer = _mapping(result.get("signer"))
    created = _mapping(result.get("created"))
    signer_name = clean(signer["name"]) if signer.get("name") else None
    generator = " ".join(
        clean(created[part]) for part in ("generator", "version") if created.get(part)
    )
    return VerdictView(
        verdict=verdict,
        tone=TONES[verdict],
        word=words(f"result.{verdict}"),
        headline=_headline(result, words, signer_name),
        label_unreliable=unreliable,
        signer=None if unreliable else signer_name,
        tier=words(f"result.tier.{signer['tier']}") if signer.get("tier") else None,
        generator=None if unreliable else generator or None,
        made_at=None if unreliable else shown_time(created.get("at"), words.language),
        recovered_by=tuple(
            _known(words, "result.recovered_by", way) for way in _list(result.get("recovered_by"))
        ),
        licence=None if unreliable else _licence(_mapping(result.get("licence")), words),
        manifest_id=clean(result["manifest_id"]) if result.get("manifest_id") else None,
        checks=tuple(
            Check(
                name=_known(words, "check", check.get("name")),
                result=_known(words, "check.result", check.get("result")),
                detail=_detail(check, words),
            )
            for check in map(_mapping, _list(result.get("checks")))
        ),
        parts=tuple(
            Part(
                span=shown_span(float(part["start_s"]), float(part["end_s"])),
                state=_known(words, "segment", part.get("state")),
                manifest_id=clean(part["manifest_id"]) if part.get("manifest_id") else None,
            )
            for part in map(_mapping, _list(result.get("segments")))
        ),
    )


def _headline(result: Mapping[str, Any], words: Words, signer: str | None) -> Markup:
    """Say why, without the word that already stands above it in larger type."""
    known = HEADLINES.get(str(result.get("reason")))
    if known is None:
        return escape(clean(result.get("headline") or ""))
    word = words(f"result.{result['verdict']}")
    sentence = known[words.language].removeprefix(word).lstrip(".。 ")
    return isolated(sentence, signer=signer or words("result.signer_unnamed"))


def _detail(check: Mapping[str, Any], words: Words) -> str:
    """Say the answer of a check in the reader's language where its code and facts are known."""
    known = DETAILS.get(str(check.get("code")))
    if known is None:
        return clean(check.get("detail") or "")
    facts = {name: clean(fact) for name, fact in _mapping(check.get("facts")).items()}
    return known[words.language].format(**facts)


def grants_view(grants: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Name what a licence grants and who granted it."""
    return [
        {"subject": _name(grant.get("subject")), "licensor": _name(grant.get("licensor"))}
        for grant in grants
    ]


def _licence(licence: Mapping[str, Any], words: Words) -> LicenceLine | None:
    if not licence:
        return None
    return LicenceLine(
        status=words(f"result.licence.{licence['status']}"),
        grants=tuple(
            words.marked(
                "result.licence.grant",
                subject=_name(grant.get("subject")),
                licensor=_name(grant.get("licensor")),
            )
            for grant in map(_mapping, _list(licence.get("grants")))
        ),
        licence_id=str(licence["licence_id"]) if licence.get("licence_id") else None,
        granted_at=shown_time(licence.get("granted_at"), words.language),
        permitted_until=shown_time(licence.get("permitted_until"), words.language),
    )


def _name(value: object) -> str:
    """Name a subject or licensor, which is a text or `{"id", "name"}`."""
    named = _mapping(value)
    return clean(named.get("name") or named.get("id") or value) if named else clean(value)


def _known(words: Words, prefix: str, word: object) -> str:
    """Translate a word of ours; one that has no translation yet is shown as it is."""
    key = f"{prefix}.{word}"
    return words(key) if words.has(key) else clean(word).replace("_", " ")


def _mapping(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}


def _list(value: object) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else ()

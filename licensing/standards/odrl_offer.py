"""
Terms as an ODRL offer in our own profile, and back.

What ODRL and the profile have words for is written as constraints and duties. The rest is named in
`rk:notExpressed`; such an offer carries one more constraint, `rk:furtherTerms`, that only who reads
the full terms can weigh: for every other reader the permission does not apply.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from licensing.clearance.codes import CONTENT_CATEGORIES
from licensing.registry.terms import Terms
from licensing.standards.errors import DeclarationMalformed
from licensing.standards.odrl import Rule, read_odrl
from licensing.standards.odrl_constraints import Constraint
from licensing.standards.odrl_words import CONTEXT, DEPICT, ODRL, PREFIX, PROFILE_PATH
from licensing.standards.words import kept_text

# Keys of a terms document that are written as a choice among words, with their left operand.
_CHOICES: Final[Mapping[str, str]] = {
    "territories": "spatial",
    "purposes": f"{PREFIX}:userClass",
    "audience_ratings": f"{PREFIX}:audienceRating",
    "channels": f"{PREFIX}:channel",
    "user_classes": f"{PREFIX}:makerClass",
    "media": f"{PREFIX}:medium",
}
_LIMITS: Final[Mapping[str, str]] = {
    "max_duration_s": f"{PREFIX}:outputSeconds",
    "max_lines": f"{PREFIX}:outputLines",
}
_IDENTITY: Final = frozenset({"id", "subject", "licensor", "version"})
_ELSEWHERE: Final = frozenset(
    {"valid_from", "valid_until", "price", "approval_required", "forbidden_content"},
)
EXPRESSED: Final = _IDENTITY | _ELSEWHERE | frozenset(_CHOICES) | frozenset(_LIMITS)
"""Keys of a terms document that survive the way there and back."""

_PRICE_KINDS: Final = frozenset({"free", "flat", "per_second"})
_PAY_OPERANDS: Final[Mapping[str, str]] = {
    "flat": "payAmount",
    "per_second": f"{PREFIX}:payAmountPerSecond",
}

# ODRL names units by address; other currencies than these have none that is widely used.
_UNITS: Final[Mapping[str, str]] = {
    "JPY": "http://dbpedia.org/resource/Japanese_yen",
    "EUR": "http://dbpedia.org/resource/Euro",
    "USD": "http://dbpedia.org/resource/United_States_dollar",
    "GBP": "http://dbpedia.org/resource/Pound_sterling",
}
_CURRENCIES: Final = {unit: code for code, unit in _UNITS.items()}
_OTHER_UNIT: Final = "urn:iso:4217:"

Document = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferReading:
    """
    The terms document of an offer, as far as it says it.

    `not_expressed` are the keys that the full terms have beside these; `notes` names what in the
    offer was not understood.
    """

    document: Document
    not_expressed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def not_expressed(terms: Terms) -> tuple[str, ...]:
    """Name what of these terms an offer cannot say."""
    document = terms.to_document()
    missing = {key for key in document if key not in EXPRESSED}
    if document["price"]["kind"] not in _PRICE_KINDS:
        missing.add("price")
    return tuple(sorted(missing))


def write_offer(terms: Terms, *, public_url: str) -> bytes:
    """Write the offer: the same terms give the same bytes."""
    offer = offer_document(terms, public_url=public_url)
    return (json.dumps(offer, ensure_ascii=False, indent=1) + "\n").encode()


def offer_document(terms: Terms, *, public_url: str) -> Document:
    """Write the offer as JSON-LD."""
    document = terms.to_document()
    missing = not_expressed(terms)
    uid = f"{public_url}/terms/{terms.id}"
    target = f"{public_url}/subjects/{terms.subject_id}"
    constraints = [*_constraints(document)]
    if missing:
        constraints.append(_constraint(f"{PREFIX}:furtherTerms", "eq", uid))
    permission: Document = {
        "target": target,
        "action": f"{PREFIX}:depict",
        "constraint": constraints,
    }
    if duties := _duties(document):
        permission["duty"] = duties
    offer: Document = {
        "@context": [
            CONTEXT,
            {
                PREFIX: f"{public_url}{PROFILE_PATH}#",
                "xsd": "http://www.w3.org/2001/XMLSchema#",
            },
        ],
        "@type": "Offer",
        "uid": uid,
        "profile": f"{public_url}{PROFILE_PATH}",
        "conflict": "prohibit",
        f"{PREFIX}:termsDigest": f"sha256:{terms.sha256}",
        f"{PREFIX}:version": terms.version,
        "assigner": {"@type": "Party", "uid": f"{public_url}/parties/{terms.licensor_id}"},
        "permission": [permission],
    }
    if missing:
        offer[f"{PREFIX}:notExpressed"] = list(missing)
    return offer


def read_offer(data: bytes) -> OfferReading:
    """
    Read an offer of our profile back into a terms document.

    Raises `DeclarationMalformed` when it is not one offer of one licensor for showing one subject.
    """
    reading = read_odrl(data)
    if len(reading.policies) != 1 or len(reading.policies[0].rules) != 1:
        raise DeclarationMalformed("document", "must be one offer with one permission")
    (policy,) = reading.policies
    (rule,) = policy.rules
    if policy.kind != "Offer" or policy.assigner is None:
        raise DeclarationMalformed("policy[0]", "must be an Offer with an assigner")
    if (rule.effect, rule.action) != ("permits", DEPICT):
        raise DeclarationMalformed("policy[0].permission[0]", "must permit to show a subject")
    missing, version = policy.own.get("notExpressed", []), policy.own.get("version")
    if not isinstance(missing, list) or not isinstance(version, int):
        raise DeclarationMalformed(
            "policy[0]", "needs its version, and a list of what it leaves out"
        )
    document: Document = {
        "id": _last(policy.uid),
        "subject": _last(rule.target),
        "licensor": _last(policy.assigner),
        "version": version,
        "valid_until": None,
        "price": {"kind": "free"},
        "approval_required": False,
    }
    left_over = [*_read_constraints(rule, document), *_read_duties(rule, document)]
    return OfferReading(
        document=document,
        not_expressed=tuple(kept_text("policy[0].notExpressed", name) for name in missing),
        notes=(*reading.notes, *left_over),
    )


def _constraints(document: Document) -> list[Document]:
    written = [
        _constraint(left, "isAnyOf", document[key])
        for key, left in _CHOICES.items()
        if key in document
    ]
    written += [
        _constraint(left, "lteq", {"@value": str(document[key]), "@type": "xsd:decimal"})
        for key, left in _LIMITS.items()
        if key in document
    ]
    if "forbidden_content" in document:
        left = f"{PREFIX}:contentCategory"
        written.append(_constraint(left, "isNoneOf", document["forbidden_content"]))
    written.append(_constraint("dateTime", "gteq", _moment(document["valid_from"])))
    if document["valid_until"] is not None:
        written.append(_constraint("dateTime", "lt", _moment(document["valid_until"])))
    return [*written, _constraint(f"{PREFIX}:silenceMeans", "eq", "deny")]


def _duties(document: Document) -> list[Document]:
    duties: list[Document] = []
    price = document["price"]
    if price["kind"] in _PAY_OPERANDS:
        refinement = _constraint(
            _PAY_OPERANDS[price["kind"]],
            "eq",
            {"@value": price["amount"], "@type": "xsd:decimal"},
        )
        unit = _UNITS.get(price["currency"], _OTHER_UNIT + price["currency"])
        action = {
            "rdf:value": {"@id": "odrl:compensate"},
            "refinement": [{**refinement, "unit": unit}],
        }
        duties.append({"action": [action]})
    if document["approval_required"]:
        duties.append({"action": "obtainConsent"})
    return duties


def _constraint(left: str, operator: str, right: object) -> Document:
    return {"leftOperand": left, "operator": operator, "rightOperand": right}


def _moment(text: str) -> Document:
    return {"@value": text, "@type": "xsd:dateTime"}


def _read_constraints(rule: Rule, document: Document) -> list[str]:
    """Read every constraint into the document; answers what is none of ours."""
    readers = {
        **{_own(left): (key, "isAnyOf") for key, left in _CHOICES.items()},
        **{_own(left): (key, "lteq") for key, left in _LIMITS.items()},
    }
    left_over: list[str] = []
    for constraint in rule.constraints:
        known = readers.get(constraint.left)
        if known is not None and known[1] == constraint.operator:
            document[known[0]] = _value(known[0], constraint)
        elif (constraint.left, constraint.operator) == ("dateTime", "gteq"):
            document["valid_from"] = constraint.right[0]
        elif (constraint.left, constraint.operator) == ("dateTime", "lt"):
            document["valid_until"] = constraint.right[0]
        elif (constraint.left, constraint.operator) == (_own("rk:contentCategory"), "isNoneOf"):
            forbidden = set(constraint.right)
            document["forbidden_content"] = [
                word for word in CONTENT_CATEGORIES if word in forbidden
            ]
        elif constraint.left not in {_own("rk:silenceMeans"), _own("rk:furtherTerms")}:
            left_over.append(f"constraint {constraint.left} {constraint.operator}")
    return left_over


def _value(key: str, constraint: Constraint) -> object:
    """Take a choice as its list, a limit as its whole number."""
    if key in _CHOICES:
        return list(constraint.right)
    if not constraint.right[0].isdecimal():
        raise DeclarationMalformed(constraint.left, "must be a whole number")
    return int(constraint.right[0])


def _read_duties(rule: Rule, document: Document) -> list[str]:
    """Read price and approval into the document; answers the duties that are none of ours."""
    kinds = {_own(left): kind for kind, left in _PAY_OPERANDS.items()}
    left_over: list[str] = []
    for duty in rule.duties:
        if duty.action == f"{ODRL}obtainConsent" and not duty.constraints:
            document["approval_required"] = True
        elif duty.action == f"{ODRL}compensate" and len(duty.constraints) == 1:
            (paid,) = duty.constraints
            kind, unit = kinds.get(paid.left), paid.unit or ""
            code = _CURRENCIES.get(unit, unit.removeprefix(_OTHER_UNIT))
            if kind is None or paid.operator != "eq":
                raise DeclarationMalformed("duty", "must say what is paid, flat or for each second")
            document["price"] = {"kind": kind, "amount": paid.right[0], "currency": code}
        else:
            left_over.append(f"duty {duty.action}")
    return left_over


def _own(left: str) -> str:
    """Spell a left operand as the reader of constraints does."""
    return left.replace(f"{PREFIX}:", f"{PROFILE_PATH}#", 1)


def _last(address: str) -> str:
    return address.rstrip("/").rpartition("/")[2]

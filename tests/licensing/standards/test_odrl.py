"""ODRL 2.2: what its rules say, what cannot be weighed, and that nothing is fetched."""

import json
from datetime import UTC, datetime
from typing import Any, TypeAlias

import pytest

from licensing.clearance.codes import CONTENT_CATEGORIES, TERRITORIES
from licensing.standards.errors import DeclarationMalformed
from licensing.standards.odrl import read_odrl
from licensing.standards.odrl_words import CONTEXT

Member: TypeAlias = Any  # what a member of a JSON object holds

MIO = "https://rakkan.example/subjects/mio"
PREFIXES = {"rk": "https://rakkan.example/ns/odrl#", "xsd": "http://www.w3.org/2001/XMLSchema#"}
AI = "https://w3c.github.io/odrl/ai-vocab/#"


def policy(**members: Member) -> dict[str, Member]:
    written = {"@context": [CONTEXT, PREFIXES], "@type": "Offer", "uid": "urn:p"}
    return {**written, **members}


def permission(**members: Member) -> dict[str, Member]:
    return policy(permission=[{"target": MIO, "action": "rk:depict", **members}])


def prohibition(**members: Member) -> dict[str, Member]:
    return policy(prohibition=[{"target": MIO, "action": "rk:depict", **members}])


def constraint(left: str, operator: str, right: Member, **more: Member) -> dict[str, Member]:
    return {"leftOperand": left, "operator": operator, "rightOperand": right, **more}


def said(document: Member, target: str = MIO) -> list[Member]:
    reading = read_odrl(json.dumps(document).encode())
    return [each for policy in reading.policies for each in policy.statements(target)]


def effects(document: Member) -> list[tuple[str, str]]:
    return [(each.effect, each.usage) for each in said(document)]


def test_an_offer_is_read_whole() -> None:
    document = permission(
        constraint=[
            constraint("spatial", "isAnyOf", ["JP", "US"]),
            constraint("spatial", "isNoneOf", ["US"]),
            constraint("dateTime", "gteq", "2026-11-01T00:00:00Z"),
            constraint("dateTime", "gteq", "2026-12-01T00:00:00+09:00"),
            constraint("dateTime", "lt", {"@value": "2027-04-01T00:00:00Z", "@type": "xsd:d"}),
            constraint("dateTime", "lt", "2028-01-01T00:00:00Z"),
            constraint("rk:userClass", "eq", "personal"),
            constraint("rk:audienceRating", "isAnyOf", ["all", "12"]),
            constraint("rk:outputSeconds", "lteq", {"@value": "30"}),
            constraint("rk:outputSeconds", "lteq", 60),
            constraint("rk:silenceMeans", "eq", "deny"),
        ],
        duty=[{"action": [{"rdf:value": {"@id": "odrl:compensate"}}]}, {"action": "attribute"}],
    )

    (statement,) = said(document)

    assert (statement.usage, statement.effect) == ("depict", "permits")
    assert statement.territories == {"JP"}
    assert statement.users == {"personal", "non-commercial"}
    assert statement.not_before == datetime(2026, 11, 30, 15, tzinfo=UTC)
    assert statement.before == datetime(2027, 4, 1, tzinfo=UTC)
    assert statement.max_duration_ms == 30_000
    assert statement.audience_ratings == {"all"}
    assert statement.conditions.licence_urls == ("urn:p",)
    assert [each.rpartition("/")[2] for each in statement.conditions.others] == [
        "compensate",
        "attribute",
    ]


@pytest.mark.parametrize(
    ("action", "usage"),
    [
        ("use", "all"),
        ("odrl:use", "all"),
        ("http://www.w3.org/ns/odrl/2/use", "all"),
        (f"{AI}ai-training", "ai-train"),
        ("https://w3c.github.io/odrl/ai-vocab#gen-ai", "gen-ai-train"),
        (f"{AI}ai-augment", "ai-input"),
        ("http://www.w3.org/ns/tdmrep#mine", "data-mining"),
        ("https://another.example/ns/odrl#depict", "depict"),
        ({"@id": "rk:depict"}, "depict"),
    ],
)
def test_an_action_speaks_of_a_usage(action: Member, usage: str) -> None:
    assert effects(prohibition(action=action)) == [("prohibits", usage)]


@pytest.mark.parametrize(
    "limit",
    [
        pytest.param(constraint("odrl:count", "lteq", 5), id="a count"),
        pytest.param(constraint("rk:weather", "eq", "rain"), id="an unknown operand of ours"),
        pytest.param(constraint("spatial", "gt", ["JP"]), id="no operator of choices"),
        pytest.param(constraint("spatial", "isNoneOf", ["EU"]), id="everywhere but where"),
        pytest.param(constraint("spatial", "eq", ["JP", "US"]), id="equal to two"),
        pytest.param(constraint("dateTime", "gt", "2026-01-01T00:00:00Z"), id="no known bound"),
        pytest.param(constraint("dateTime", "lt", "soon"), id="no moment"),
        pytest.param(constraint("dateTime", "lt", ["2026-01-01T00:00:00Z"] * 2), id="two moments"),
        pytest.param(constraint("rk:outputSeconds", "lteq", "long"), id="no length"),
        pytest.param(constraint("rk:outputSeconds", "lteq", "NaN"), id="no number"),
        pytest.param(constraint("rk:outputSeconds", "lteq", "0.0001"), id="finer than a ms"),
        pytest.param(constraint("rk:outputSeconds", "gteq", "1"), id="longer than"),
        pytest.param(constraint("rk:outputSeconds", "lteq", ["1", "2"]), id="two lengths"),
        pytest.param(constraint("rk:silenceMeans", "eq", "grant"), id="silence grants"),
        pytest.param(constraint("spatial", "isAnyOf", [{"type": "polygon"}]), id="no operand"),
        pytest.param(constraint("spatial", "isAnyOf", [True]), id="an operand that is true"),
        pytest.param(constraint("spatial", "isAnyOf", []), id="no operands"),
        pytest.param(constraint("rk:weather", "eq", ["rain", "sun"]), id="unknown words"),
        pytest.param({"or": [constraint("spatial", "eq", "JP")]}, id="a choice of constraints"),
        pytest.param({"xone": {"@list": []}, "and": []}, id="an exclusive choice"),
        pytest.param({"and": [constraint("odrl:count", "lteq", 5)]}, id="unknown inside a group"),
    ],
)
def test_what_cannot_be_weighed_permits_nothing_and_prohibits_everywhere(limit: Member) -> None:
    assert effects(permission(constraint=limit)) == []
    (widened,) = said(prohibition(constraint=limit))
    assert (widened.effect, widened.territories, widened.before) == ("prohibits", None, None)


def test_unknown_words_narrow_a_permission_and_widen_a_prohibition() -> None:
    limit = constraint("spatial", "isAnyOf", ["JP", "EU"])

    (permitted,) = said(permission(constraint=limit))
    (prohibited,) = said(prohibition(constraint=limit))

    assert permitted.territories == {"JP"}
    assert prohibited.territories is None


def test_content_is_bounded_from_either_side() -> None:
    none_of = constraint("rk:contentCategory", "isNoneOf", ["political", "sexual"])
    any_of = constraint("rk:contentCategory", "isAnyOf", ["political", "sexual"])

    (permitted,) = said(permission(constraint=none_of))
    (prohibited,) = said(prohibition(constraint=any_of))
    (widened,) = said(prohibition(constraint=none_of))

    assert permitted.content == set(CONTENT_CATEGORIES) - {"politics", "sexual"}
    assert prohibited.content == {"politics", "sexual"}
    assert widened.content is None


def test_a_prohibition_keeps_its_bounds() -> None:
    (prohibited,) = said(prohibition(constraint=constraint("odrl:spatial", "neq", "JP")))

    assert prohibited.territories == TERRITORIES - {"JP"}


def test_a_group_of_constraints_holds_together() -> None:
    both = [constraint("spatial", "eq", "JP"), constraint("rk:userClass", "eq", "commercial")]

    (statement,) = said(permission(constraint={"and": {"@list": both}}))

    assert (statement.territories, statement.users) == ({"JP"}, {"commercial"})


@pytest.mark.parametrize(
    "members",
    [
        pytest.param({"spell": "x"}, id="an unknown member of the rule"),
        pytest.param(
            {"action": {"@id": "rk:depict", "refinement": constraint("odrl:count", "lteq", 1)}},
            id="a refinement that cannot be weighed",
        ),
        pytest.param(
            {"action": {"@id": "rk:depict", "refinement": {"or": []}}}, id="a refinement by choice"
        ),
    ],
)
def test_a_permission_that_is_not_understood_whole_does_not_apply(members: Member) -> None:
    assert effects(permission(**members)) == []
    assert effects(prohibition(**members)) == [("prohibits", "depict")]


@pytest.mark.parametrize("kind", ["Request", "Ticket", "Privacy", "Agreement", "odrl:Agreement"])
def test_a_policy_between_parties_binds_nobody_else(kind: str) -> None:
    assert effects(permission() | {"@type": kind}) == []
    assert effects(permission() | {"assignee": {"@type": "Party", "uid": "urn:a"}}) == []


def test_rules_that_stand_elsewhere_leave_no_permission() -> None:
    assert effects(permission() | {"inheritFrom": "https://other.example/p"}) == []


def test_a_compact_policy_speaks_for_its_rules() -> None:
    document = policy(
        target=[MIO, {"@id": "urn:other"}],
        action=["rk:depict", "play"],
        constraint=constraint("spatial", "eq", "JP"),
        permission={},
    )

    assert [(each.usage, each.territories) for each in said(document)] == [("depict", {"JP"})]
    assert len(said(document, "urn:other")) == 1


def test_a_graph_and_a_list_hold_several_policies() -> None:
    graph = {"@context": CONTEXT, "@graph": [permission(), prohibition()]}

    # The graph's own context has no prefix for the profile.
    assert effects([permission(), prohibition()]) == [
        ("permits", "depict"),
        ("prohibits", "depict"),
    ]
    assert effects(graph) == []


def test_what_is_not_understood_is_named() -> None:
    document = policy(
        **{"@context": [CONTEXT, "https://evil.example/context.jsonld", {"x": {"@id": "y"}}]},
        permission={"target": MIO, "action": "use", "spell": 1},
        **{"colour": "red", "rk:termsDigest": "sha256:00"},
    )

    notes = read_odrl(json.dumps(document).encode()).notes

    assert notes == (
        "@context: 'https://evil.example/context.jsonld' is not fetched",
        "@context: 'x' is more than a prefix",
        "policy[0]: member 'colour'",
        "policy[0]: member 'rk:termsDigest'",
        "policy[0].permission[0]: member 'spell'",
    )


@pytest.mark.parametrize(
    ("document", "where"),
    [
        pytest.param([], "document", id="no policy"),
        pytest.param("offer", "document", id="a text"),
        pytest.param({"@context": CONTEXT, "@graph": ["x"]}, "policy[0]", id="a graph of texts"),
        pytest.param(permission() | {"@context": "https://schema.org"}, "@context", id="no ODRL"),
        pytest.param(permission() | {"@type": "Wish"}, "policy[0].@type", id="no kind of policy"),
        pytest.param(policy(), "policy[0]", id="no rules"),
        pytest.param(permission() | {"uid": None}, "policy[0].uid", id="no uid"),
        pytest.param(policy(permission="all"), "policy[0].permission[0]", id="a rule of text"),
        pytest.param(
            policy(permission={"action": "use"}), "policy[0].permission[0]", id="no target"
        ),
        pytest.param(
            permission(action=7), "policy[0].permission[0].action", id="an action that is a number"
        ),
        pytest.param(
            permission(constraint="x"), "policy[0].permission[0].constraint[0]", id="no constraint"
        ),
        pytest.param(
            permission(constraint={"leftOperand": "spatial"}),
            "policy[0].permission[0].constraint[0].operator",
            id="no operator",
        ),
        pytest.param(permission() | {"assigner": 1}, "policy[0].assigner", id="no party"),
    ],
)
def test_a_broken_policy_is_refused(document: Member, where: str) -> None:
    with pytest.raises(DeclarationMalformed) as refused:
        read_odrl(json.dumps(document).encode())

    assert refused.value.where == where


def test_units_are_kept() -> None:
    paid = constraint("payAmount", "eq", "50", unit={"@id": "urn:iso:4217:JPY"})
    document = permission(duty={"action": {"@id": "compensate", "refinement": paid}})

    (statement,) = said(document)

    assert statement.conditions.others == ("http://www.w3.org/ns/odrl/2/compensate",)

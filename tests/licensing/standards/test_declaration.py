"""What declarations say together: absent, prohibited, withdrawn, conflicting, stale, permitted."""

from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licensing.clearance.use import Use
from licensing.standards.declaration import (
    Conditions,
    Declaration,
    Meeting,
    Statement,
    meet,
)
from licensing.standards.usages import USAGES, Usage, broader

Fact: TypeAlias = Any  # what a member of a value holds

AT = datetime(2026, 11, 25, 9, tzinfo=UTC)
FRESH = AT + timedelta(days=30)
USE = Use(territory="JP", purpose="personal", duration_ms=8000, content=("violence",))


def permits(usage: Usage = "depict", **bounds: Fact) -> Statement:
    return Statement(usage=usage, effect="permits", **bounds)


def prohibits(usage: Usage = "depict", **bounds: Fact) -> Statement:
    return Statement(usage=usage, effect="prohibits", **bounds)


def declared(
    *statements: Statement, source: str = "https://a.example", **changes: Fact
) -> Declaration:
    facts: dict[str, Any] = {
        "subject_id": "mio",
        "source": source,
        "standard": "rsl-media-1.0-draft-2026-06",
        "sha256": "00",
        "fetched_at": AT,
        "fresh_until": FRESH,
        "statements": statements,
    }
    return Declaration(**(facts | changes))


def verdict(*declarations: Declaration, use: Use = USE) -> str:
    return meet(declarations, "depict", use, at=AT).verdict


@pytest.mark.parametrize(
    ("declarations", "expected"),
    [
        pytest.param([], "silent", id="nobody declared anything"),
        pytest.param([declared(permits("search"))], "silent", id="another usage is spoken of"),
        pytest.param([declared(permits())], "permitted", id="permitted"),
        pytest.param([declared(prohibits())], "prohibited", id="prohibited"),
        pytest.param(
            [declared(prohibits("ai-all"))], "prohibited", id="a broader usage prohibited"
        ),
        pytest.param([declared(permits("ai-all"))], "silent", id="a broader usage permitted"),
        pytest.param(
            [declared(permits(), prohibits())], "prohibited", id="one document: prohibition wins"
        ),
        pytest.param(
            [declared(permits()), declared(prohibits(), source="https://b.example")],
            "conflicting",
            id="two documents disagree",
        ),
        pytest.param([declared(permits(), fresh_until=AT)], "stale", id="stale from the moment on"),
        pytest.param(
            [declared(prohibits(), fresh_until=AT)], "stale", id="a stale prohibition is stale"
        ),
        pytest.param(
            [declared(permits()), declared(permits(), source="b", fresh_until=AT)],
            "stale",
            id="one of two is stale",
        ),
        pytest.param([declared(permits(), status="withdrawn")], "withdrawn", id="withdrawn"),
        pytest.param([declared(permits(), status="superseded")], "withdrawn", id="superseded"),
        pytest.param(
            [declared(prohibits(), status="withdrawn")],
            "withdrawn",
            id="a withdrawn prohibition permits nothing",
        ),
        pytest.param(
            [declared(permits(territories=frozenset({"US"})))], "absent", id="elsewhere only"
        ),
        pytest.param([declared(permits(before=AT))], "absent", id="the time is over"),
        pytest.param([declared(permits(not_before=FRESH))], "absent", id="the time has not come"),
        pytest.param([declared(permits(max_duration_ms=7999))], "absent", id="shorter only"),
        pytest.param(
            [declared(permits(audience_ratings=frozenset({"mature"})))], "absent", id="other rating"
        ),
        pytest.param([declared(permits(content=frozenset()))], "absent", id="without violence"),
        pytest.param(
            [declared(prohibits(content=frozenset({"violence"})))], "prohibited", id="violence"
        ),
        pytest.param(
            [declared(prohibits(content=frozenset({"gore"})))], "silent", id="another content"
        ),
        pytest.param(
            [declared(permits(users=frozenset({"commercial"})))], "absent", id="companies only"
        ),
        pytest.param(
            [declared(permits(users=frozenset({"non-commercial"})))], "permitted", id="no profit"
        ),
        pytest.param(
            [declared(prohibits(territories=frozenset({"US"})))],
            "silent",
            id="prohibited elsewhere",
        ),
        pytest.param(
            [declared(prohibits("all", territories=frozenset({"US"})))],
            "silent",
            id="everything prohibited elsewhere",
        ),
    ],
)
def test_declarations_meet(declarations: list[Declaration], expected: str) -> None:
    assert verdict(*declarations) == expected
    assert verdict(*reversed(declarations)) == expected


def test_a_meeting_names_who_speaks() -> None:
    permitting, prohibiting = declared(permits()), declared(prohibits(), source="https://b.example")

    assert meet([permitting, prohibiting], "depict", USE, at=AT) == Meeting(
        verdict="conflicting", spoken_by=(prohibiting, permitting)
    )


def test_a_broader_usage_covers_its_parts() -> None:
    assert broader("gen-ai-train") == {"gen-ai-train", "ai-train", "ai-all", "data-mining", "all"}
    assert broader("all") == {"all"}
    assert all("all" in broader(usage) for usage in USAGES)


WORDS = st.none() | st.frozensets(st.sampled_from(["JP", "US", "FR"]), min_size=1)
STATEMENTS = st.builds(
    Statement,
    usage=st.sampled_from(USAGES),
    effect=st.sampled_from(["permits", "prohibits"]),
    territories=WORDS,
    users=st.none() | st.frozensets(st.sampled_from(["personal", "commercial"]), min_size=1),
    not_before=st.none() | st.just(AT),
    before=st.none() | st.just(FRESH),
    max_duration_ms=st.none() | st.integers(1, 10_000),
    content=st.none() | st.just(frozenset({"violence"})),
    audience_ratings=st.none() | st.just(frozenset({"all"})),
    conditions=st.builds(
        Conditions, payments=st.just(("use 50 JPY",)), contact=st.none() | st.just("mailto:a@b.c")
    ),
)


@settings(max_examples=30)
@given(STATEMENTS)
def test_a_statement_reads_back_from_its_json(statement: Statement) -> None:
    assert Statement.from_json(statement.to_json()) == statement


@settings(max_examples=50)
@given(st.lists(STATEMENTS, max_size=4), STATEMENTS)
def test_one_more_prohibition_never_permits(known: list[Statement], more: Statement) -> None:
    before = verdict(declared(*known))

    after = verdict(declared(*known, more))

    if more.effect == "prohibits" and before != "permitted":
        assert after != "permitted"

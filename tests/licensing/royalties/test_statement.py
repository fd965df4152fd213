"""Statements foot, lose nothing, and come out the same every time."""

import csv
import io
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licensing.money import micros_per_minor
from licensing.royalties.statement import (
    Statement,
    Usage,
    csv_text,
    decimal_text,
    foot,
    make_statement,
    minor_text,
)

amounts = st.one_of(st.integers(0, 3_000_000), st.integers(0, 10**12))
usages = st.builds(
    Usage,
    subject_id=st.sampled_from(["moku", "hana"]),
    territory=st.sampled_from(["JP", "FR"]),
    purpose=st.sampled_from(["personal", "commercial"]),
    duration_ms=st.integers(1, 60_000),
    amount_micros=amounts,
)
currencies = st.sampled_from(["JPY", "USD", "KWD"])


def use(amount_micros: int, subject_id: str = "moku", territory: str = "JP") -> Usage:
    return Usage(
        subject_id=subject_id,
        territory=territory,
        purpose="personal",
        duration_ms=6000,
        amount_micros=amount_micros,
    )


def november(*used: Usage, carried_in_micros: int = 0) -> Statement:
    return make_statement("akari", "2026-11", "JPY", used, carried_in_micros)


def test_uses_are_summed_up_and_rounded_once() -> None:
    statement = november(*[use(700_000)] * 1000)

    (line,) = statement.lines
    assert (line.count, line.duration_ms, line.amount_micros) == (1000, 6_000_000, 700_000_000)
    assert (line.payable_minor, statement.total_minor, statement.carried_out_micros) == (
        700,
    ) * 2 + (0,)


def test_lines_foot_to_the_total_and_the_rest_is_carried() -> None:
    statement = november(use(1_500_000), use(2_600_000, "hana"), use(300_000, "hana", "FR"))

    assert [(each.subject_id, each.territory, each.payable_minor) for each in statement.lines] == [
        ("hana", "FR", 0),
        ("hana", "JP", 3),
        ("moku", "JP", 1),
    ]
    assert (statement.earned_micros, statement.total_minor) == (4_400_000, 4)
    assert statement.carried_out_micros == 400_000


def test_what_was_carried_in_is_paid_once_it_fills_a_unit() -> None:
    statement = november(use(1_700_000), carried_in_micros=400_000)

    assert (statement.lines[0].payable_minor, statement.total_minor) == (2, 2)
    assert statement.carried_out_micros == 100_000


def test_free_uses_are_reported_and_pay_nothing() -> None:
    statement = november(use(0), use(0), carried_in_micros=999_999)

    assert (statement.lines[0].count, statement.lines[0].payable_minor) == (2, 0)
    assert (statement.total_minor, statement.carried_out_micros) == (0, 999_999)


@pytest.mark.parametrize("carried_in_micros", [-1, 1_000_000])
def test_a_carry_is_less_than_one_unit_and_never_a_debt(carried_in_micros: int) -> None:
    with pytest.raises(ValueError, match="not a carry of JPY"):
        november(carried_in_micros=carried_in_micros)


@pytest.mark.parametrize(
    ("amounts_micros", "total_minor", "footed"),
    [
        pytest.param([5, 5], 1, [1, 0], id="tie goes to the earlier"),
        pytest.param([4, 6], 1, [0, 1], id="larger fraction"),
        pytest.param([10, 3, 0], 2, [1, 1, 0], id="whole amounts gain nothing from a carry"),
        pytest.param([], 0, [], id="no lines"),
    ],
)
def test_rounding_foots(amounts_micros: list[int], total_minor: int, footed: list[int]) -> None:
    assert foot(amounts_micros, total_minor, 10) == footed


@settings(max_examples=200)
@given(st.lists(usages, max_size=12), currencies, st.data())
def test_nothing_is_lost_and_no_line_is_a_unit_off(
    used: list[Usage], currency: str, data: st.DataObject
) -> None:
    per_minor = micros_per_minor(currency)
    carried_in_micros = data.draw(st.integers(0, per_minor - 1))

    statement = make_statement("akari", "2026-11", currency, used, carried_in_micros)

    paid_micros = statement.total_minor * per_minor
    earned_micros = sum(usage.amount_micros for usage in used)
    assert statement.earned_micros == earned_micros
    assert earned_micros + carried_in_micros == paid_micros + statement.carried_out_micros
    assert 0 <= statement.carried_out_micros < per_minor
    assert sum(line.payable_minor for line in statement.lines) == statement.total_minor
    assert sum(line.count for line in statement.lines) == len(used)
    for line in statement.lines:
        assert abs(line.payable_minor * per_minor - line.amount_micros) < per_minor


@settings(max_examples=100)
@given(st.lists(usages, max_size=8), st.randoms(use_true_random=False))
def test_neither_the_order_of_uses_nor_summing_up_before_changes_the_statement(
    used: list[Usage], shuffle: Random
) -> None:
    statement = november(*used)
    shuffled = list(used)
    shuffle.shuffle(shuffled)
    summed_up = [
        Usage(
            subject_id=line.subject_id,
            territory=line.territory,
            purpose=line.purpose,
            duration_ms=line.duration_ms,
            amount_micros=line.amount_micros,
            count=line.count,
        )
        for line in statement.lines
    ]

    assert november(*shuffled).sha256 == statement.sha256
    assert november(*summed_up) == statement


@settings(max_examples=100)
@given(st.lists(st.lists(usages, max_size=5), max_size=6), currencies)
def test_over_the_life_of_a_contract_earned_is_paid_plus_carried(
    months: list[list[Usage]], currency: str
) -> None:
    carried_micros = paid_minor = 0

    for used in months:
        statement = make_statement("akari", "2026-11", currency, used, carried_micros)
        carried_micros = statement.carried_out_micros
        paid_minor += statement.total_minor

    earned_micros = sum(usage.amount_micros for used in months for usage in used)
    assert earned_micros == paid_minor * micros_per_minor(currency) + carried_micros


@given(st.lists(usages, max_size=5))
def test_a_statement_is_read_back_as_it_was_written(used: list[Usage]) -> None:
    statement = november(*used)

    assert Statement.from_json(statement.to_json()) == statement


def test_another_amount_is_another_digest() -> None:
    statement = november(use(1_500_000))

    assert replace(statement, total_minor=2).sha256 != statement.sha256


def test_the_csv_shows_lines_carry_and_total_as_decimals() -> None:
    statement = november(use(5_600_000), carried_in_micros=500_000)

    assert statement.to_csv().split("\r\n") == [
        "kind,statement,licensor,period,currency,subject,territory,purpose,uses,duration_s,earned,payable",
        "line,2026-11.akari.JPY,akari,2026-11,JPY,moku,JP,personal,1,6.000,5.600000,6",
        "carried_in,2026-11.akari.JPY,akari,2026-11,JPY,,,,,,0.500000,",
        "total,2026-11.akari.JPY,akari,2026-11,JPY,,,,,,5.600000,6",
        "carried_out,2026-11.akari.JPY,akari,2026-11,JPY,,,,,,0.100000,",
        "",
    ]


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@sum", "\t=1", "\r=1"])
def test_a_name_is_never_run_as_a_formula(name: str) -> None:
    written = csv_text(("name",), [(name,)])

    _, (cell,) = csv.reader(io.StringIO(written, newline=""))
    assert cell == f"'{name}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(decimal_text(5600, 1000), "5.600", id="seconds"),
        pytest.param(minor_text(1250, "USD"), "12.50", id="dollars"),
        pytest.param(minor_text(1250, "JPY"), "1250", id="yen"),
        pytest.param(minor_text(5, "KWD"), "0.005", id="dinars"),
    ],
)
def test_amounts_are_written_exactly(text: str, expected: str) -> None:
    assert text == expected

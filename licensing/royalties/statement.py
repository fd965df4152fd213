"""A licensor's statement of one month: what was used, what it earned, what is paid."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from licensing.canonical import sha256_hex
from licensing.money import MICROS_PER_MAJOR, micros_per_minor

_CSV_HEADER = (
    *("kind", "statement", "licensor", "period", "currency"),
    *("subject", "territory", "purpose", "uses", "duration_s", "earned", "payable"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """One use of a subject, or `count` uses already summed up, for one licensor."""

    subject_id: str
    territory: str
    purpose: str
    duration_ms: int
    amount_micros: int
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """All uses of one subject in one territory for one purpose."""

    subject_id: str
    territory: str
    purpose: str
    count: int
    duration_ms: int
    amount_micros: int
    payable_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """
    What one licensor earned in one month in one currency; final once written.

    `total_minor` is the whole minor units that are paid; `carried_out_micros`, less than one minor
    unit, opens the next statement. So earned + carried in = total + carried out, exactly.
    """

    id: str
    licensor_id: str
    period: str
    currency: str
    lines: tuple[StatementLine, ...]
    carried_in_micros: int
    total_minor: int
    carried_out_micros: int

    @property
    def earned_micros(self) -> int:
        """The exact sum of the lines, before anything is carried or rounded."""
        return sum(line.amount_micros for line in self.lines)

    @property
    def sha256(self) -> str:
        """The digest of the canonical JSON: the same uses always give the same one."""
        return sha256_hex(self.to_json())

    def to_json(self) -> dict[str, Any]:
        """Write the statement as the document that is stored and handed out."""
        return {
            "id": self.id,
            "licensor": self.licensor_id,
            "period": self.period,
            "currency": self.currency,
            "lines": [
                {
                    "subject": line.subject_id,
                    "territory": line.territory,
                    "purpose": line.purpose,
                    "count": line.count,
                    "duration_ms": line.duration_ms,
                    "amount_micros": line.amount_micros,
                    "payable_minor": line.payable_minor,
                }
                for line in self.lines
            ],
            "earned_micros": self.earned_micros,
            "carried_in_micros": self.carried_in_micros,
            "total_minor": self.total_minor,
            "carried_out_micros": self.carried_out_micros,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Statement":
        """Read back what `to_json` wrote."""
        return cls(
            id=document["id"],
            licensor_id=document["licensor"],
            period=document["period"],
            currency=document["currency"],
            lines=tuple(
                StatementLine(
                    subject_id=line["subject"],
                    territory=line["territory"],
                    purpose=line["purpose"],
                    count=line["count"],
                    duration_ms=line["duration_ms"],
                    amount_micros=line["amount_micros"],
                    payable_minor=line["payable_minor"],
                )
                for line in document["lines"]
            ),
            carried_in_micros=document["carried_in_micros"],
            total_minor=document["total_minor"],
            carried_out_micros=document["carried_out_micros"],
        )

    def to_csv(self) -> str:
        """
        Write one row a line, then what was carried in, the total, and what is carried out.

        Amounts are decimals of the major unit: `earned` with all six decimals, `payable` with the
        currency's own. Rows end in CRLF (RFC 4180).
        """
        head = (self.id, self.licensor_id, self.period, self.currency)
        rows: list[tuple[str | int, ...]] = [
            (
                *("line", *head, line.subject_id, line.territory, line.purpose, line.count),
                *(decimal_text(line.duration_ms, 1000), micros_text(line.amount_micros)),
                minor_text(line.payable_minor, self.currency),
            )
            for line in self.lines
        ]
        total = minor_text(self.total_minor, self.currency)
        no_line = ("",) * 5
        rows += [
            ("carried_in", *head, *no_line, micros_text(self.carried_in_micros), ""),
            ("total", *head, *no_line, micros_text(self.earned_micros), total),
            ("carried_out", *head, *no_line, micros_text(self.carried_out_micros), ""),
        ]
        return csv_text(_CSV_HEADER, rows)


def statement_id(licensor_id: str, period: str, currency: str) -> str:
    """Name a statement: there is one for a licensor, a month and a currency."""
    return f"{period}.{licensor_id}.{currency}"


def make_statement(
    licensor_id: str,
    period: str,
    currency: str,
    usages: Iterable[Usage],
    carried_in_micros: int,
) -> Statement:
    """
    Sum the uses up into lines, and round once.

    `carried_in_micros` is what the last statement carried out: never negative, less than one minor
    unit. The order of `usages` does not matter, nor whether some were summed up before.
    """
    per_minor = micros_per_minor(currency)
    if not 0 <= carried_in_micros < per_minor:
        raise ValueError(f"{carried_in_micros} micros are not a carry of {currency}")
    sums = _sum_up(usages)
    earned_micros = sum(usage.amount_micros for usage in sums)
    total_minor, carried_out_micros = divmod(earned_micros + carried_in_micros, per_minor)
    payable = foot([usage.amount_micros for usage in sums], total_minor, per_minor)
    return Statement(
        id=statement_id(licensor_id, period, currency),
        licensor_id=licensor_id,
        period=period,
        currency=currency,
        lines=tuple(
            StatementLine(
                subject_id=usage.subject_id,
                territory=usage.territory,
                purpose=usage.purpose,
                count=usage.count,
                duration_ms=usage.duration_ms,
                amount_micros=usage.amount_micros,
                payable_minor=payable_minor,
            )
            for usage, payable_minor in zip(sums, payable, strict=True)
        ),
        carried_in_micros=carried_in_micros,
        total_minor=total_minor,
        carried_out_micros=carried_out_micros,
    )


def foot(amounts_micros: list[int], total_minor: int, per_minor: int) -> list[int]:
    """
    Round amounts to whole minor units so that they sum to `total_minor`.

    Largest remainder: every amount gets its own whole units, and what the total has more goes, one
    unit each, to the largest fractions, ties to the earlier amount. The total counts a carry of
    less than one unit in, so no amount gains a whole unit, and an amount without a fraction none.
    """
    whole = [amount // per_minor for amount in amounts_micros]
    by_fraction = sorted(
        range(len(whole)), key=lambda index: (-(amounts_micros[index] % per_minor), index)
    )
    for index in by_fraction[: total_minor - sum(whole)]:
        whole[index] += 1
    return whole


def _sum_up(usages: Iterable[Usage]) -> list[Usage]:
    """Add up the uses that share a subject, territory and purpose, in that order."""
    sums: dict[tuple[str, str, str], Usage] = {}
    for usage in usages:
        key = (usage.subject_id, usage.territory, usage.purpose)
        before = sums.get(key)
        sums[key] = usage if before is None else _add(before, usage)
    return [sums[key] for key in sorted(sums)]


def _add(one: Usage, other: Usage) -> Usage:
    return Usage(
        subject_id=one.subject_id,
        territory=one.territory,
        purpose=one.purpose,
        duration_ms=one.duration_ms + other.duration_ms,
        amount_micros=one.amount_micros + other.amount_micros,
        count=one.count + other.count,
    )


def decimal_text(amount: int, units_per_whole: int) -> str:
    """Write a non-negative count of units exactly: 5600 thousandths are `5.600`."""
    decimals = len(str(units_per_whole)) - 1
    whole, fraction = divmod(amount, units_per_whole)
    return f"{whole}.{fraction:0{decimals}d}" if decimals else str(whole)


def micros_text(amount_micros: int) -> str:
    """Write micros as a decimal of the major unit with all six decimals."""
    return decimal_text(amount_micros, MICROS_PER_MAJOR)


def minor_text(amount_minor: int, currency: str) -> str:
    """Write minor units as a decimal of the major unit: 1250 US cents are `12.50`."""
    return decimal_text(amount_minor, MICROS_PER_MAJOR // micros_per_minor(currency))


def csv_text(header: Iterable[str], rows: Iterable[Iterable[str | int | None]]) -> str:
    """
    Write rows as CSV (RFC 4180).

    A text that a spreadsheet would run as a formula is set behind an apostrophe: names in it come
    from other parties (OWASP, CSV injection).
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return out.getvalue()


def _plain(cell: str | int | None) -> str | int | None:
    if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{cell}"
    return cell

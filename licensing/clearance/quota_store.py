"""
Quotas in the database: taken when a clearance reserves, given back when it ends.

One statement takes and checks: under any number of clients at once exactly the limit is taken. The
caller takes all quotas of a clearance in a savepoint, so that one that is used up leaves the others
as they were.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import insert, text, update
from sqlmodel import Session, col, select

from licensing.clearance.quota_tables import QuotaHoldRow
from licensing.registry.terms import Quota

# What all platforms share stands under this holder.
SHARED: Final = ""

_TAKE: Final = text("""
    insert into quota_use (
        terms_id, quota, "window", holder_id, licensor_id, limit_units, used_units
    )
    values (:terms_id, :quota, :window, :holder_id, :licensor_id, :limit_units, :units)
    on conflict (terms_id, quota, "window", holder_id) do update
    set used_units = quota_use.used_units + excluded.used_units
    where quota_use.used_units + excluded.used_units <= quota_use.limit_units
    returning used_units
""")

_GIVE_BACK: Final = text("""
    update quota_use set used_units = used_units - :units
    where terms_id = :terms_id and quota = :quota and "window" = :window
        and holder_id = :holder_id
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One quota of one version of terms that a clearance counts against."""

    terms_id: str
    licensor_id: str
    quota: Quota

    @property
    def key(self) -> tuple[str, str]:
        """In which order limits are taken: one for everyone, so that nobody waits in a ring."""
        return self.terms_id, self.quota.name


def take(
    session: Session,
    limits: Iterable[Limit],
    *,
    platform_id: str,
    duration_ms: int,
    at: datetime,
) -> Limit | None:
    """
    Take what a video of this length counts; gives the first limit that has no room, if any.

    The limits before that one are taken: the caller rolls back. `record` names the clearance
    afterwards, once its row exists.
    """
    for limit in sorted(limits, key=lambda limit: limit.key):
        taken = (
            session.connection()
            .execute(_TAKE, _row(limit, platform_id=platform_id, duration_ms=duration_ms, at=at))
            .scalar_one_or_none()
        )
        if taken is None:
            return limit
    return None


def record(
    session: Session,
    limits: Iterable[Limit],
    *,
    clearance_id: str,
    platform_id: str,
    duration_ms: int,
    at: datetime,
) -> None:
    """Write down what a clearance took with these very arguments, to give it back one day."""
    rows = [
        {
            name: value
            for name, value in _row(
                limit, platform_id=platform_id, duration_ms=duration_ms, at=at
            ).items()
            if name not in {"licensor_id", "limit_units"}
        }
        for limit in limits
    ]
    session.flush()
    session.connection().execute(
        insert(QuotaHoldRow),
        [{**row, "clearance_id": clearance_id, "platform_id": platform_id} for row in rows],
    )


def settle(session: Session, clearance_id: str, *, made_ms: int | None, at: datetime) -> None:
    """
    End what a clearance holds: keep what was made, give the rest back; again changes nothing.

    `made_ms` None is nothing at all. It goes back into the window it was taken from.
    """
    session.flush()
    held = session.exec(
        select(QuotaHoldRow)
        .where(
            col(QuotaHoldRow.clearance_id) == clearance_id,
            col(QuotaHoldRow.kept_units).is_(None),
        )
        .order_by(col(QuotaHoldRow.terms_id), col(QuotaHoldRow.quota))
        .with_for_update(),
    ).all()
    for row in held:
        in_seconds = row.quota.startswith("seconds/")
        made = 0 if made_ms is None else made_ms if in_seconds else 1
        kept = min(row.units, made)
        session.connection().execute(
            _GIVE_BACK,
            {
                "units": row.units - kept,
                "terms_id": row.terms_id,
                "quota": row.quota,
                "window": row.window,
                "holder_id": row.holder_id,
            },
        )
        session.connection().execute(
            update(QuotaHoldRow)
            .where(
                col(QuotaHoldRow.clearance_id) == clearance_id,
                col(QuotaHoldRow.terms_id) == row.terms_id,
                col(QuotaHoldRow.quota) == row.quota,
            )
            .values(kept_units=kept, settled_at=at),
        )
        session.expire(row)


def used_units(session: Session, limit: Limit, *, platform_id: str, at: datetime) -> int:
    """Tell how much of a quota is taken in the window of this moment."""
    row = _row(limit, platform_id=platform_id, duration_ms=1, at=at)
    found = session.connection().execute(
        text(
            "select used_units from quota_use where terms_id = :terms_id and quota = :quota "
            'and "window" = :window and holder_id = :holder_id',
        ),
        row,
    )
    return found.scalar_one_or_none() or 0


def _row(limit: Limit, *, platform_id: str, duration_ms: int, at: datetime) -> dict[str, object]:
    quota = limit.quota
    return {
        "terms_id": limit.terms_id,
        "quota": quota.name,
        "window": quota.window(at),
        "holder_id": platform_id if quota.per == "platform" else SHARED,
        "licensor_id": limit.licensor_id,
        "limit_units": quota.limit_units,
        "units": quota.units_of(duration_ms),
    }

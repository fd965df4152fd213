"""
The lock between capturing a use and closing a month.

Any number of captures share the books; closing a month takes them alone. So a use is either in the
month before it is closed, and on its statement, or it sees the month closed and counts in the next.
"""

from sqlalchemy import text
from sqlmodel import Session

# Advisory locks are numbers; hashing a name keeps ours apart from those of other programs.
_SHARE = text("select pg_advisory_xact_lock_shared(hashtextextended('rakkan.royalties.books', 0))")
_TAKE = text("select pg_advisory_xact_lock(hashtextextended('rakkan.royalties.books', 0))")
_LAST = text("select max(id) from period")


def share_the_books(session: Session) -> None:
    """Keep months from being closed until this transaction ends."""
    session.connection().execute(_SHARE)


def take_the_books(session: Session) -> None:
    """Wait for all captures under way, and keep new ones waiting until this transaction ends."""
    session.connection().execute(_TAKE)


def last_closed_period(session: Session) -> str | None:
    """Name the last closed month; every month before it is closed too."""
    last: str | None = session.connection().execute(_LAST).scalar_one()
    return last

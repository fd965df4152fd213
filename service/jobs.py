"""
Put work into the queue, in the transaction of whoever needs it done.

The queue is procrastinate's, in the same database: a job exists exactly when the rows it is about
exist. `worker.py` takes jobs out again.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import DateTime, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Session

QUEUE: Final = "videos"
# Receivers may be slow: they hold up no video, and no video holds them up.
WEBHOOKS: Final = "webhooks"

# The fields of procrastinate_job_to_defer_v1 in their order: queue, task, priority, lock, queueing
# lock, arguments, time. A test compares them with the installed release.
_DEFER: Final = text(
    "select procrastinate_defer_jobs_v1("
    "array[row(:queue, :task, 0, null, null, :args, :at)::procrastinate_job_to_defer_v1])",
).bindparams(
    bindparam("args", type_=JSONB),
    bindparam("at", type_=DateTime(timezone=True)),
)


def defer(
    session: Session,
    task: str,
    args: Mapping[str, str],
    *,
    queue: str = QUEUE,
    at: datetime | None = None,
) -> None:
    """
    Queue a task by its name; the job is there when the session's transaction commits.

    With `at` it is not begun before that moment.
    """
    session.flush()
    session.connection().execute(
        _DEFER,
        {"queue": queue, "task": task, "args": dict(args), "at": at},
    )

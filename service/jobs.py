"""
Put work into the queue, in the transaction of whoever needs it done.

The queue is procrastinate's, in the same database: a job exists exactly when the rows it is about
exist. `worker.py` takes jobs out again.
"""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Session

QUEUE: Final = "videos"

# The fields of procrastinate_job_to_defer_v1 in their order: queue, task, priority, lock, queueing
# lock, arguments, time. A test compares them with the installed release.
_DEFER: Final = text(
    "select procrastinate_defer_jobs_v1("
    "array[row(:queue, :task, 0, null, null, :args, null)::procrastinate_job_to_defer_v1])",
).bindparams(bindparam("args", type_=JSONB))


def defer(session: Session, task: str, args: Mapping[str, str]) -> None:
    """Queue a task by its name; the job is there when the session's transaction commits."""
    session.flush()
    session.connection().execute(_DEFER, {"queue": QUEUE, "task": task, "args": dict(args)})

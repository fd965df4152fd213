"""Take jobs out of the queue and do them: stamps, checks, and the housekeeping of the service."""

import asyncio
import contextlib
import signal
import threading
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, cast

import structlog
from obstore.exceptions import BaseError as BlobStoreError
from procrastinate import App, BaseRetryStrategy, JobContext, PsycopgConnector, RetryDecision
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import DeleteJobCondition, Job

from licensing.errors import LicensingError
from manifests.errors import DiskFull, ManifestsError
from service.database import APP_ROLE, PUBLIC
from service.errors import MachineryError, RequestError, ServiceError
from service.jobs import QUEUE, WEBHOOKS
from service.operations import stamp_store, verification_store
from service.operations.approvals import lapse_approvals
from service.operations.build_lexicon import build_lexicon_if_due
from service.operations.clearances import expire_clearances
from service.operations.declarations import defer_due_looks, refresh_declaration
from service.operations.readings import forget_readings
from service.operations.revocations import apply_revocation
from service.operations.stamp_video import Step, fail_stamp, run_stamp
from service.operations.sweep_blobs import sweep_blobs
from service.operations.verifications import forget_expired, run_verification
from service.operations.webhook_deliveries import deliver, spread_event
from service.retrying import is_worth_retrying
from service.runtime import Runtime

# Housekeeping has a queue and a thread of its own: long videos must not hold it up.
HOUSEKEEPING: Final = "housekeeping"
# Requests wait for receivers and use no processor; a slow one takes one of these places.
_WEBHOOKS_AT_A_TIME: Final = 8
POLL_S: Final = 1.0
# A worker gives so many signs of life in the time after which it would be taken for dead.
_HEARTBEATS: Final = 6

_LONGEST_WAIT_S: Final = 300
_MOST_ATTEMPTS: Final = 20
_MOST_ATTEMPTS_AT_UNKNOWN: Final = 3
_PAUSE_AFTER_TROUBLE_S: Final = 2.0
# A worker that ends must not take up the job again that it just put down.
_HANDOVER_S: Final = 2
_STOP_POLL_S: Final = 0.2

log = structlog.get_logger(__name__)


class Interrupted(Exception):
    """The worker is asked to end: the job goes back to the queue as it was."""


@dataclass(frozen=True, slots=True)
class _Bench:
    """What the jobs of one worker share."""

    runtime: Runtime
    stop: threading.Event


def run_worker(runtime: Runtime) -> None:
    """
    Work until SIGTERM or Ctrl-C.

    A job under way goes back to the queue at its next step, so that another worker takes it on.
    """
    stop = threading.Event()
    with _stopped_by_signals(stop):
        asyncio.run(_work(_Bench(runtime, stop)))


@contextmanager
def worker_in_background(runtime: Runtime) -> Generator[None]:
    """Work in a thread until the context ends."""
    stop = threading.Event()
    thread = threading.Thread(
        target=lambda: asyncio.run(_work(_Bench(runtime, stop))),
        name="worker",
        daemon=True,
    )
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def seconds_until_retry(error: Exception, attempts: int) -> int | None:
    """
    Say when to try a failed job again, after this many earlier attempts; None: never.

    The wait doubles up to five minutes. Machinery (database, disks) is waited for without end: a
    reservation that expires meanwhile ends its stamp in the ordinary way.
    """
    if isinstance(error, Interrupted):
        return _HANDOVER_S
    wait_s: int = min(2 ** min(attempts, 10), _LONGEST_WAIT_S)
    if isinstance(error, MachineryError | BlobStoreError | DiskFull):
        return wait_s
    if isinstance(error, RequestError):
        return None
    most = _MOST_ATTEMPTS if is_worth_retrying(error) else _MOST_ATTEMPTS_AT_UNKNOWN
    return wait_s if attempts + 1 < most else None


class _Backoff(BaseRetryStrategy):
    """Procrastinate's way of asking `seconds_until_retry`."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        wait_s = (
            seconds_until_retry(exception, job.attempts)
            if isinstance(exception, Exception)
            else None
        )
        return None if wait_s is None else RetryDecision(retry_in={"seconds": wait_s})


def make_app(runtime: Runtime, stop: threading.Event) -> App:
    """Name the tasks as `service.jobs.defer` names them, on this runtime's database."""
    app = App(
        connector=PsycopgConnector(
            conninfo=runtime.database.url.set(drivername="postgresql").render_as_string(
                hide_password=False,
            ),
            kwargs={"options": f"-c role={APP_ROLE}"},
            min_size=1,
            max_size=4,
        ),
    )

    _add_video_tasks(app, _Bench(runtime, stop))
    _add_webhook_tasks(app, runtime)
    _add_licensing_tasks(app, runtime)
    _add_declaration_tasks(app, runtime)
    _add_housekeeping(app, runtime)
    return app


def _add_video_tasks(app: App, bench: _Bench) -> None:
    retry = _Backoff()

    @app.task(name="run_stamp", queue=QUEUE, pass_context=True, retry=retry)
    def stamp(context: JobContext, *, tenant_id: str, stamp_id: str) -> None:
        with _attempt(context, lambda cause: _give_up_stamp(bench, tenant_id, stamp_id, cause)):
            run_stamp(bench.runtime, tenant_id, stamp_id, _stepper(bench, tenant_id, stamp_id))

    @app.task(name="run_verification", queue=QUEUE, pass_context=True, retry=retry)
    def verification(context: JobContext, *, verification_id: str) -> None:
        with _attempt(context, lambda cause: _give_up_check(bench, verification_id, cause)):
            run_verification(bench.runtime, verification_id)


def _add_webhook_tasks(app: App, runtime: Runtime) -> None:
    """Tell tenants. A receiver's failure is no error here: the next attempt is another job."""

    @app.task(name="spread_event", queue=WEBHOOKS, retry=_Backoff())
    def spread(*, event_id: str) -> None:
        spread_event(runtime, event_id)

    @app.task(name="deliver_webhook", queue=WEBHOOKS, retry=_Backoff())
    def deliver_webhook(*, delivery_id: str) -> None:
        deliver(runtime, delivery_id)


def _add_declaration_tasks(app: App, runtime: Runtime) -> None:
    """Look after what owners declared elsewhere. A failed look is no failed job: it is noted."""

    @app.task(name="refresh_declaration", queue=QUEUE, retry=_Backoff())
    def refresh(*, declaration_id: str) -> None:
        refresh_declaration(runtime, declaration_id)

    @app.periodic(cron="17 * * * *")
    @app.task(name="defer_due_looks", queue=HOUSEKEEPING, queueing_lock="defer_due_looks")
    def due(timestamp: int) -> None:  # noqa: ARG001
        defer_due_looks(runtime)


def _add_licensing_tasks(app: App, runtime: Runtime) -> None:
    @app.task(name="apply_revocation", queue=QUEUE, retry=_Backoff())
    def revocation(*, terms_id: str) -> None:
        apply_revocation(runtime, terms_id)


def _add_housekeeping(app: App, runtime: Runtime) -> None:
    """Run what must happen again and again, by one worker at a time (the queueing lock)."""

    @app.periodic(cron="* * * * * */5")  # the sixth field is seconds
    @app.task(name="retry_stalled_jobs", queue=HOUSEKEEPING, queueing_lock="retry_stalled_jobs")
    async def stalled(timestamp: int) -> None:  # noqa: ARG001 - the moment it was due
        await retry_stalled_jobs(app, after_s=runtime.settings.worker_stalled_after_s)

    @app.periodic(cron="* * * * *")
    @app.task(name="expire_clearances", queue=HOUSEKEEPING, queueing_lock="expire_clearances")
    def clearances(timestamp: int) -> None:  # noqa: ARG001
        expire_clearances(runtime)

    @app.periodic(cron="* * * * *")
    @app.task(name="lapse_approvals", queue=HOUSEKEEPING, queueing_lock="lapse_approvals")
    def approvals(timestamp: int) -> None:  # noqa: ARG001
        lapse_approvals(runtime)

    @app.periodic(cron="*/10 * * * *")
    @app.task(name="forget_expired", queue=HOUSEKEEPING, queueing_lock="forget_expired")
    def verifications(timestamp: int) -> None:  # noqa: ARG001
        forget_expired(runtime)

    @app.periodic(cron="41 3 * * *")
    @app.task(name="sweep_blobs", queue=HOUSEKEEPING, queueing_lock="sweep_blobs")
    def orphans(timestamp: int) -> None:  # noqa: ARG001
        sweep_blobs(runtime)

    # Among the videos: a minute's work must not hold up the housekeeping.
    @app.periodic(cron="*/5 * * * *")
    @app.task(name="build_lexicon", queue=QUEUE, queueing_lock="build_lexicon")
    def lexicon(timestamp: int) -> None:  # noqa: ARG001
        build_lexicon_if_due(runtime)

    @app.periodic(cron="17 * * * *")
    @app.task(name="forget_readings", queue=HOUSEKEEPING, queueing_lock="forget_readings")
    def readings(timestamp: int) -> None:  # noqa: ARG001
        forget_readings(runtime)


async def retry_stalled_jobs(app: App, *, after_s: float) -> int:
    """Give the jobs of dead workers back to the queue; answers how many."""
    found = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=after_s)
    retried = 0
    for job in found:
        # Its worker may be alive after all and end it at this moment.
        with contextlib.suppress(ConnectorException):
            await app.job_manager.retry_job(job)
            retried += 1
            log.warning("stalled job returned to the queue", job_id=job.id, task=job.task_name)
    return retried


@contextmanager
def _attempt(context: JobContext, give_up: Callable[[Exception], None]) -> Iterator[None]:
    """Log one attempt at a job, and make a last failure known to whoever waits for it."""
    job = context.job
    with structlog.contextvars.bound_contextvars(
        job_id=job.id, task=job.task_name, **job.task_kwargs
    ):
        try:
            yield
        except Interrupted:
            log.info("job interrupted; it stays queued")
            raise
        except Exception as error:
            wait_s = seconds_until_retry(error, job.attempts)
            known = isinstance(error, LicensingError | ManifestsError | ServiceError)
            log.warning(
                "job failed",
                attempt=job.attempts + 1,
                retry_in_s=wait_s,
                error=str(error),
                exc_info=not known,
            )
            if wait_s is None:
                give_up(error)
            raise


def _stepper(bench: _Bench, tenant_id: str, stamp_id: str) -> Callable[[Step, float], None]:
    """Write down how far a stamp is, and stop between two steps when the worker ends."""

    def on_step(step: Step, progress: float) -> None:
        # From the record on everything counts, and what is left is quick.
        if step in {"record", "done"}:
            return
        if bench.stop.is_set():
            raise Interrupted
        with bench.runtime.transaction(tenant_id) as session:
            stamp_store.change(session, stamp_id, at=bench.runtime.now(), progress=progress)

    return on_step


def _give_up_stamp(bench: _Bench, tenant_id: str, stamp_id: str, cause: Exception) -> None:
    if not isinstance(cause, RequestError):
        fail_stamp(bench.runtime, tenant_id, stamp_id, _told(cause))


def _give_up_check(bench: _Bench, verification_id: str, cause: Exception) -> None:
    told = _told(cause)
    with bench.runtime.transaction(PUBLIC) as session:
        check = verification_store.get(session, verification_id, lock=True)
        if check is None or check.upload_blob is None:
            return
        verification_store.change(
            session,
            verification_id,
            status="failed",
            upload_blob=None,
            error_code=told.code,
            error_detail=str(told),
        )
    bench.runtime.blobs.delete(check.upload_blob)


def _told(cause: Exception) -> LicensingError | ManifestsError | ServiceError:
    """Turn a defect into what may be shown: its details are in the log alone."""
    if isinstance(cause, LicensingError | ManifestsError | ServiceError):
        return cause
    return MachineryError(
        "The service failed at this video several times. Nothing was charged; the operator finds "
        "the reason in the log.",
    )


async def _work(bench: _Bench) -> None:
    """Work; after trouble with the database, start again with new connections."""
    threads = bench.runtime.settings.worker_concurrency + _WEBHOOKS_AT_A_TIME + 1
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(threads, "job"))
    while not bench.stop.is_set():
        try:
            await _work_until_trouble(bench)
        except Exception:
            log.exception("worker in trouble; starting again")
        await _wait_for(bench.stop, at_most_s=_PAUSE_AFTER_TROUBLE_S)


async def _work_until_trouble(bench: _Bench) -> None:
    """Run all queues until asked to stop, or until one of them ends by itself."""
    app = make_app(bench.runtime, bench.stop)
    async with app.open_async():
        tasks = [
            asyncio.create_task(_run_queue(app, bench, QUEUE)),
            asyncio.create_task(_run_queue(app, bench, WEBHOOKS)),
            asyncio.create_task(_run_queue(app, bench, HOUSEKEEPING)),
            asyncio.create_task(_wait_for(bench.stop)),
        ]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            # Procrastinate takes it as the wish to finish what runs, and to end.
            task.cancel()
        for outcome in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(outcome, Exception):
                raise outcome


async def _run_queue(app: App, bench: _Bench, queue: str) -> None:
    settings = bench.runtime.settings
    concurrency = {QUEUE: settings.worker_concurrency, WEBHOOKS: _WEBHOOKS_AT_A_TIME}
    await app.run_worker_async(
        queues=[queue],
        name=queue,
        concurrency=concurrency.get(queue, 1),
        install_signal_handlers=False,
        update_heartbeat_interval=settings.worker_stalled_after_s / _HEARTBEATS,
        stalled_worker_timeout=settings.worker_stalled_after_s,
        # Failed jobs stay, for whoever looks into them.
        delete_jobs=DeleteJobCondition.SUCCESSFUL,
    )


async def _wait_for(stop: threading.Event, *, at_most_s: float = float("inf")) -> None:
    waited_s = 0.0
    while not stop.is_set() and waited_s < at_most_s:
        await asyncio.sleep(_STOP_POLL_S)
        waited_s += _STOP_POLL_S


@contextmanager
def _stopped_by_signals(stop: threading.Event) -> Iterator[None]:
    """Take SIGTERM and Ctrl-C as the wish to stop; a second Ctrl-C ends at once."""

    def on_signal(number: int, _frame: object) -> None:
        if stop.is_set() and number == signal.SIGINT:
            raise KeyboardInterrupt
        stop.set()

    before = {
        number: signal.signal(number, on_signal) for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, cast("signal.Handlers", handler))

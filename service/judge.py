"""
Ask the operator's judge about uncertain mentions, over HTTP and within two seconds.

Off unless `RAKKAN_JUDGE_URL` is set. The address is the operator's own choice, so its origin may be
private or plain http; redirects are not followed, and the answer is bounded. A judge that failed
several times in a row is left alone for a while: nobody waits for him on every prompt.
"""

import threading
from collections.abc import Callable
from time import monotonic
from typing import Final
from urllib.parse import urlsplit

import structlog

from licensing.reading.chat import MAX_ANSWER_BYTES, NonsenseAnswered, parse_answer, request_body
from licensing.reading.judging import Judgement, Question
from licensing.reading.mentions import JudgeOutcome
from service.outgoing import Outgoing, OutgoingClient, OutgoingPolicy
from service.resolution_errors import AddressRefused, AnswerTooLarge, FetchFailed
from service.settings import Settings

FAILURES_BEFORE_REST: Final = 5
REST_S: Final = 30.0

log = structlog.get_logger(__name__)


class HttpJudge:
    """A chat completions server as a judge. Safe to share between threads."""

    def __init__(
        self,
        client: OutgoingClient,
        *,
        url: str,
        model: str,
        api_key: str | None = None,
        clock_s: Callable[[], float] = monotonic,
    ) -> None:
        """Take the base address, such as `https://judge.example/v1`."""
        self._client = client
        self._url = url.rstrip("/") + "/chat/completions"
        self._model = model
        self._headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if api_key is not None:
            self._headers["Authorization"] = f"Bearer {api_key}"
        self._clock_s = clock_s
        self._lock = threading.Lock()
        self._failures = 0
        self._rests_until_s = 0.0

    def judge(self, question: Question) -> Judgement:
        """Ask once. What goes wrong is told in the judgement."""
        began_s = self._clock_s()
        if began_s < self._rests_until_s:
            return self._answered("skipped", problem="it failed several times just now")
        body = request_body(question, self._model)
        judgement = self._ask(question, body)
        self._count(failed=judgement.outcome in {"late", "failed"})
        log.info(
            "judge asked",
            outcome=judgement.outcome,
            problem=judgement.problem,
            mentions=len(question.candidates),
            duration_s=round(self._clock_s() - began_s, 3),
        )
        return judgement

    def _ask(self, question: Question, body: bytes) -> Judgement:
        request = Outgoing(url=self._url, method="POST", headers=self._headers, body=body)
        try:
            answer = self._client.send(request, max_bytes=MAX_ANSWER_BYTES)
            rulings = parse_answer(question, answer.body)
        except (AddressRefused, FetchFailed) as error:
            is_late = isinstance(error.__cause__, TimeoutError)
            return self._answered(
                "late" if is_late else "failed", request=body, problem=error.problem
            )
        except AnswerTooLarge:
            return self._answered("nonsense", request=body, problem="its answer is too large")
        except NonsenseAnswered as error:
            return self._answered("nonsense", request=body, problem=str(error))
        return Judgement(outcome="answered", model=self._model, request=body, rulings=rulings)

    def _answered(self, outcome: JudgeOutcome, *, problem: str, request: bytes = b"") -> Judgement:
        return Judgement(outcome=outcome, model=self._model, request=request, problem=problem)

    def _count(self, *, failed: bool) -> None:
        """Count failures in a row; after some of them the judge is not asked for a while."""
        with self._lock:
            self._failures = self._failures + 1 if failed else 0
            if self._failures >= FAILURES_BEFORE_REST:
                self._failures = 0
                self._rests_until_s = self._clock_s() + REST_S


def judge_of(settings: Settings) -> HttpJudge | None:
    """Make the judge that the settings name; None when they name none."""
    url, model = settings.judge_url, settings.judge_model
    if url is None or model is None:
        return None
    parts = urlsplit(url)
    policy = OutgoingPolicy(
        allowed_origins=frozenset({f"{parts.scheme}://{parts.netloc.lower()}"}),
        limit_s=settings.judge_limit_s,
    )
    key = settings.judge_api_key
    return HttpJudge(
        OutgoingClient(policy),
        url=url,
        model=model,
        api_key=key.get_secret_value() if key is not None else None,
    )

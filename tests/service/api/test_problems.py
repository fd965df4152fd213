"""Every error as a problem: status, code, page."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files

import pytest
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException

from licensing.errors import IdempotencyKeyReused, LicensingError, TokenExpired, UseMalformed
from manifests.errors import DiskFull, ManifestsError, TimestampUnavailable, ToolFailed
from service.api.problems import STATUS_OF, problem_of, status_of
from service.errors import ApiKeyMissing, RateLimited, ServiceError
from service.pages.language import LANGUAGES
from service.pages.problem_pages import problem_codes, problem_page

# Codes that come from the framework, the command line or the worker, not from a leaf class.
WITHOUT_CLASS = {
    "request_malformed",
    "method_not_allowed",
    "internal_error",
    "usage_error",
    "machinery_error",
}


def every_class(base: type[Exception]) -> Iterator[type[Exception]]:
    yield base
    for child in base.__subclasses__():
        yield from every_class(child)


ALL = [cls for base in (LicensingError, ManifestsError, ServiceError) for cls in every_class(base)]
LEAVES = [cls for cls in ALL if not cls.__subclasses__()]


def ids(cls: type[Exception]) -> str:
    return cls.__name__


def code_of(cls: type[Exception]) -> str:
    return str(vars(cls)["code"])


def test_every_error_has_a_code_of_its_own() -> None:
    codes = [code_of(cls) for cls in ALL]

    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"[a-z][a-z_]+", code) for code in codes)


@pytest.mark.parametrize("cls", ALL, ids=ids)
def test_every_error_has_a_title_of_one_line_and_a_status(cls: type[Exception]) -> None:
    title = (cls.__doc__ or "").strip()

    assert title.endswith(".")
    assert "\n" not in title
    assert any(issubclass(cls, known) for known in STATUS_OF) or issubclass(cls, ManifestsError)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("cls", LEAVES, ids=ids)
def test_every_error_has_a_page_in_every_language(cls: type[Exception], language: str) -> None:
    page = problem_page(code_of(cls), "ja" if language == "ja" else "en")

    assert page is not None
    assert [bool(section.heading) for section in page.sections] == [False, True, True]
    assert page.title == (cls.__doc__ or "").strip() or language == "ja"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_is_left_without_its_error(language: str) -> None:
    folder = files("service.pages").joinpath("problems", language)

    pages = {page.name.removesuffix(".md") for page in folder.iterdir()}

    assert pages == {code_of(cls) for cls in LEAVES} | WITHOUT_CLASS == set(problem_codes())


def test_the_most_specific_status_comes_first() -> None:
    order = list(STATUS_OF)

    for position, cls in enumerate(order):
        assert not any(issubclass(cls, earlier) for earlier in order[:position])


def test_a_problem_carries_the_facts_of_its_error() -> None:
    problem = problem_of(IdempotencyKeyReused("k-1"), path="/v1/clearances")

    response = problem.response("/v1/clearances")

    assert response.status_code == 409
    assert response.media_type == "application/problem+json"
    assert problem.members == {"key": "k-1"}
    assert b'"type":"/problems/idempotency_key_reused"' in response.body
    assert b'"instance":"/v1/clearances"' in response.body


def test_a_fact_never_replaces_a_member_of_the_standard() -> None:
    error = UseMalformed("territory", "is unknown")
    error.status = "mine"  # type: ignore[attr-defined]

    response = problem_of(error, path="/").response("/")

    assert b'"status":422' in response.body


@pytest.mark.parametrize(
    ("error", "status"),
    [
        pytest.param(ToolFailed("ffmpeg", exit_status=1, stderr_tail="x"), 422, id="media"),
        pytest.param(TimestampUnavailable(("http://tsa.internal",)), 503, id="timestamp"),
        pytest.param(DiskFull("/srv/secret"), 507, id="disk"),
        pytest.param(OperationalError("select 1", {}, Exception("host db")), 503, id="database"),
        pytest.param(RuntimeError("password=hunter2"), 500, id="defect"),
    ],
)
def test_what_is_wrong_inside_the_machine_is_not_told(error: Exception, status: int) -> None:
    problem = problem_of(error, path="/")

    assert problem.status == status
    if status >= 500:
        assert not problem.members
        assert not re.search(r"secret|internal\b|hunter2|host db|select", problem.detail)


def test_a_missing_key_names_the_scheme() -> None:
    problem = problem_of(ApiKeyMissing(), path="/")

    assert problem.status == 401
    assert problem.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_limited_caller_learns_when_to_come_back() -> None:
    problem = problem_of(RateLimited(7), path="/")

    assert problem.headers == {"Retry-After": "7"}


def test_a_malformed_request_is_not_repeated_back() -> None:
    error = RequestValidationError(
        [{"loc": ("body", "prompt"), "msg": "too long", "type": "t", "input": "a secret prompt"}],
    )

    problem = problem_of(error, path="/")

    assert problem.status == 422
    assert problem.members == {"errors": [{"where": "body.prompt", "problem": "too long"}]}
    assert b"secret" not in problem.response("/").body


@pytest.mark.parametrize(
    ("status", "code"),
    [(404, "not_found"), (405, "method_not_allowed"), (413, "request_malformed")],
)
def test_what_the_router_refuses_is_a_problem_too(status: int, code: str) -> None:
    problem = problem_of(HTTPException(status, headers={"Allow": "GET"}), path="/x")

    assert (problem.status, problem.code) == (status, code)


def test_an_unknown_exception_is_a_500() -> None:
    assert status_of(ValueError()) == 500


def test_times_are_written_in_iso_8601() -> None:
    expired = TokenExpired(datetime(2026, 11, 22, tzinfo=UTC))

    assert problem_of(expired, path="/").members == {"expired_at": "2026-11-22T00:00:00+00:00"}

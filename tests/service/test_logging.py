"""One JSON line an event on stderr, and never a secret in it."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Literal

import pytest
import structlog

from service.logging import HIDDEN, configure_logging
from service.settings import Settings


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Where logs go during a test; the state of the process is put back afterwards."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    stream = io.StringIO()
    configure_logging(Settings(log_format="json"), stream=stream)
    yield stream
    root.handlers[:], level = before
    root.setLevel(level)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_event_carries_its_facts_and_the_id_of_its_request(written: io.StringIO) -> None:
    with structlog.contextvars.bound_contextvars(request_id="r1"):
        structlog.get_logger("service.test").info("stamped", stamp_id="stp_1", size_bytes=7)

    (line,) = lines(written)
    assert line.pop("timestamp")
    assert line == {
        "event": "stamped",
        "level": "info",
        "logger": "service.test",
        "request_id": "r1",
        "stamp_id": "stp_1",
        "size_bytes": 7,
    }


def test_libraries_log_in_the_same_form(written: io.StringIO) -> None:
    logging.getLogger("some.library").warning("%s of %s", 1, 2, extra={"code": "x"})

    (line,) = lines(written)
    assert (line["event"], line["level"], line["code"]) == ("1 of 2", "warning", "x")


def test_less_important_lines_are_left_out(written: io.StringIO) -> None:
    structlog.get_logger().debug("detail")
    logging.getLogger("procrastinate.worker").info("job done")
    logging.getLogger("procrastinate.worker").error("job failed")

    assert [line["event"] for line in lines(written)] == ["job failed"]


@pytest.mark.parametrize(
    "name",
    ["token", "clearance_token", "Authorization", "api_key", "password", "secret", "prompt"],
)
def test_a_secret_is_hidden_by_its_name(written: io.StringIO, name: str) -> None:
    structlog.get_logger().info("seen", **{name: "open sesame"}, nested={"deep": [{name: "open"}]})

    (line,) = lines(written)
    assert line[name] == HIDDEN
    assert line["nested"] == {"deep": [{name: HIDDEN}]}


@pytest.mark.parametrize("name", ["key_id", "blob_key", "monkey", "tokens_per_minute"])
def test_what_only_sounds_like_a_secret_stays(written: io.StringIO, name: str) -> None:
    structlog.get_logger().info("seen", **{name: "banana"})

    assert lines(written)[0][name] == "banana"


def fail(reason: str) -> None:
    raise ValueError(reason)


@pytest.mark.parametrize("form", ["json", "console"])
@pytest.mark.parametrize(
    ("said", "secret"),
    [
        pytest.param("sent rk_Zm9vYmFyYmF6cXV4Zm9vYmFy!", "Zm9vYmFyYmF6cXV4Zm9vYmFy", id="API key"),
        pytest.param("got eyJhbGciOiJ9.eyJqdGkiOiJ9.c2ln", "eyJqdGkiOiJ9", id="signed token"),
        pytest.param("at postgresql://rakkan:sesame@db/x", "sesame", id="address"),
    ],
)
def test_a_secret_is_hidden_wherever_it_stands(
    written: io.StringIO, said: str, secret: str, form: Literal["json", "console"]
) -> None:
    configure_logging(Settings(log_format=form), stream=written)
    try:
        fail(said)
    except ValueError:
        structlog.get_logger().exception(said, detail=said)

    assert secret not in written.getvalue()
    assert "ValueError" in written.getvalue()


def test_a_terminal_gets_lines_for_people(written: io.StringIO) -> None:
    configure_logging(Settings(log_format="console"), stream=written)

    structlog.get_logger().warning("stamp failed", code="malformed_media", token="open sesame")  # noqa: S106

    assert "stamp failed" in written.getvalue()
    assert "malformed_media" in written.getvalue()
    assert "sesame" not in written.getvalue()

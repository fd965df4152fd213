"""The form's body, streamed and hostile."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.errors import UploadTooLarge
from service.pages.multipart import (
    FIELD_LIMIT_BYTES,
    FORM_OVERHEAD_BYTES,
    FormMalformed,
    UploadForm,
)

TYPE = "multipart/form-data; boundary=XX"


def part(name: str, content: bytes, *, filename: str | None = "a.mp4") -> bytes:
    named = f'; filename="{filename}"' if filename is not None else ""
    head = f'--XX\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'
    return head.encode() + content + b"\r\n"


def read(
    body: bytes,
    *,
    content_type: str | None = TYPE,
    step: int = 7,
    limit: int = 10**6,
    form: UploadForm | None = None,
) -> bytes:
    async def sent() -> AsyncIterator[bytes]:
        for start in range(0, len(body), step):
            yield body[start : start + step]

    async def collect() -> bytes:
        chunks = form.stream(content_type, sent())
        return b"".join([chunk async for chunk in chunks])

    form = form or UploadForm(field="video", limit_bytes=limit)
    return asyncio.run(collect())


@settings(max_examples=40)
@given(content=st.binary(max_size=200), step=st.integers(1, 90))
def test_the_file_arrives_as_it_was_sent_in_whatever_pieces(content: bytes, step: int) -> None:
    body = part("note", b"hello", filename=None) + part("video", content) + b"--XX--\r\n"

    assert read(body, step=step) == content


def test_only_the_first_file_of_the_field_counts() -> None:
    body = part("other", b"1") + part("video", b"2") + part("video", b"3") + b"--XX--\r\n"

    assert read(body) == b"2"


def test_a_field_without_a_file_name_is_no_file() -> None:
    assert read(part("video", b"text", filename=None) + b"--XX--\r\n") == b""


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        pytest.param(b"x", "application/json", id="another type"),
        pytest.param(b"x", None, id="no type"),
        pytest.param(b"x", "multipart/form-data", id="no boundary"),
        pytest.param(b"garbage", TYPE, id="garbage"),
        pytest.param(part("video", b"1"), TYPE, id="no end"),
        pytest.param(b"", TYPE, id="empty"),
        pytest.param(b"x", f"multipart/form-data; boundary={'b' * 999}", id="endless boundary"),
    ],
)
def test_what_is_no_form_is_refused(body: bytes, content_type: str | None) -> None:
    with pytest.raises(FormMalformed):
        read(body, content_type=content_type)


def test_a_form_beyond_the_limit_is_refused_while_it_arrives() -> None:
    body = part("note", b"x" * (FORM_OVERHEAD_BYTES + 100)) + b"--XX--\r\n"

    with pytest.raises(UploadTooLarge):
        read(body, step=4096, limit=10)


@pytest.mark.parametrize("step", [1, 7, 5000])
def test_small_fields_are_read_before_and_after_the_file(step: int) -> None:
    form = UploadForm(field="video", limit_bytes=10**6)
    sent = [
        part("ask_others", b"yes", filename=None),
        part("video", b"film"),
        part("note", b"n" * 3000, filename=None),
        *(part(f"more-{number}", b"x", filename=None) for number in range(40)),
        b"--XX--\r\n",
    ]

    film = read(b"".join(sent), step=step, form=form)

    assert film == b"film"
    assert form.fields["ask_others"] == "yes"
    assert "video" not in form.fields
    # A hostile form takes no memory: the rest of it passes by.
    assert len(form.fields) <= 17
    assert all(len(text) <= 2 * FIELD_LIMIT_BYTES for text in form.fields.values())

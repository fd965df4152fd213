"""
One file out of a multipart form, as a stream.

Starlette's own form parser copies each file to a temporary one first; here its bytes go straight
to where they will stay.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from typing import Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from service.errors import UploadTooLarge

# What a form may hold beside the file: boundaries, headers, small fields.
FORM_OVERHEAD_BYTES: Final = 64 * 1024


class FormMalformed(ValueError):
    """The body is no multipart form."""


class _FileField:
    """Callbacks of the parser: keeps the bytes of the first file part with the wanted name."""

    def __init__(self, field: str) -> None:
        self._wanted = field.encode()
        self._header_name = b""
        self._header_value = b""
        self._is_wanted = False
        self._seen = False
        self.ended = False
        self.chunks: list[bytes] = []

    def on_part_begin(self) -> None:
        self._is_wanted = False

    def on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]

    def on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def on_header_end(self) -> None:
        if self._header_name.lower() == b"content-disposition":
            _, options = parse_options_header(self._header_value)
            named = options.get(b"name") == self._wanted and b"filename" in options
            self._is_wanted = named and not self._seen
            self._seen = self._seen or named
        self._header_name = self._header_value = b""

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._is_wanted:
            self.chunks.append(bytes(data[start:end]))

    def on_end(self) -> None:
        self.ended = True

    def take(self) -> list[bytes]:
        """Hand over what has arrived since the last time."""
        chunks, self.chunks = self.chunks, []
        return chunks


async def stream_file(
    content_type: str | None,
    body: AsyncIterator[bytes],
    *,
    field: str,
    limit_bytes: int,
) -> AsyncGenerator[bytes]:
    """
    Yield the bytes of the file in `field`, nothing when the form has none.

    Raises `FormMalformed`, or `UploadTooLarge` as soon as the body is beyond `limit_bytes`.
    """
    kind, options = parse_options_header(content_type)
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise FormMalformed("the form must be sent as multipart/form-data")
    wanted = _FileField(field)
    received_bytes = 0
    try:
        parser = MultipartParser(
            boundary,
            {
                "on_part_begin": wanted.on_part_begin,
                "on_header_field": wanted.on_header_field,
                "on_header_value": wanted.on_header_value,
                "on_header_end": wanted.on_header_end,
                "on_part_data": wanted.on_part_data,
                "on_end": wanted.on_end,
            },
        )
        async for received in body:
            received_bytes += len(received)
            if received_bytes > limit_bytes + FORM_OVERHEAD_BYTES:
                raise UploadTooLarge(limit_bytes)
            parser.write(received)
            for chunk in wanted.take():
                yield chunk
        parser.finalize()
    except FormParserError as error:
        raise FormMalformed(str(error)) from error
    if not wanted.ended:
        raise FormMalformed("the form stops before its last boundary")

"""
One file out of a multipart form, as a stream, and the small fields around it.

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
FIELD_LIMIT_BYTES: Final = 256
FIELDS_LIMIT: Final = 16


class FormMalformed(ValueError):
    """The body is no multipart form."""


class _Parts:
    """
    Callbacks of the parser.

    Keeps the bytes of the first file part with the wanted name, and the text of what is no file.
    """

    def __init__(self, field: str) -> None:
        self._wanted = field.encode()
        self._header_name = b""
        self._header_value = b""
        self._is_wanted = False
        self._seen = False
        self._field: str | None = None
        self.ended = False
        self.chunks: list[bytes] = []
        self.fields: dict[str, bytes] = {}

    def on_part_begin(self) -> None:
        self._is_wanted = False
        self._field = None

    def on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]

    def on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def on_header_end(self) -> None:
        if self._header_name.lower() == b"content-disposition":
            _, options = parse_options_header(self._header_value)
            name, is_file = options.get(b"name", b""), b"filename" in options
            named = name == self._wanted and is_file
            self._is_wanted = named and not self._seen
            self._seen = self._seen or named
            self._field = None if is_file else name.decode("ascii", "replace")
        self._header_name = self._header_value = b""

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._is_wanted:
            self.chunks.append(bytes(data[start:end]))
        elif self._field is not None:
            # What is longer is no choice that a form of ours offers; its beginning is kept.
            known = self.fields.get(self._field, b"")
            if len(known) < FIELD_LIMIT_BYTES and len(self.fields) < FIELDS_LIMIT:
                self.fields[self._field] = known + bytes(data[start:end])[:FIELD_LIMIT_BYTES]

    def on_end(self) -> None:
        self.ended = True

    def take(self) -> list[bytes]:
        """Hand over what has arrived since the last time."""
        chunks, self.chunks = self.chunks, []
        return chunks


class UploadForm:
    """
    One form with a file in `field`.

    `fields` are the others, as text, complete once the stream has ended.
    """

    def __init__(self, *, field: str, limit_bytes: int) -> None:
        self._parts = _Parts(field)
        self._limit_bytes = limit_bytes

    @property
    def fields(self) -> dict[str, str]:
        """Give the small fields beside the file."""
        return {name: text.decode("utf-8", "replace") for name, text in self._parts.fields.items()}

    async def stream(
        self, content_type: str | None, body: AsyncIterator[bytes]
    ) -> AsyncGenerator[bytes]:
        """
        Yield the bytes of the file, nothing when the form has none.

        Raises `FormMalformed`, or `UploadTooLarge` as soon as the body is beyond the limit.
        """
        kind, options = parse_options_header(content_type)
        boundary = options.get(b"boundary")
        if kind != b"multipart/form-data" or not boundary:
            raise FormMalformed("the form must be sent as multipart/form-data")
        parts = self._parts
        received_bytes = 0
        try:
            parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": parts.on_part_begin,
                    "on_header_field": parts.on_header_field,
                    "on_header_value": parts.on_header_value,
                    "on_header_end": parts.on_header_end,
                    "on_part_data": parts.on_part_data,
                    "on_end": parts.on_end,
                },
            )
            async for received in body:
                received_bytes += len(received)
                if received_bytes > self._limit_bytes + FORM_OVERHEAD_BYTES:
                    raise UploadTooLarge(self._limit_bytes)
                parser.write(received)
                for chunk in parts.take():
                    yield chunk
            parser.finalize()
        except FormParserError as error:
            raise FormMalformed(str(error)) from error
        if not parts.ended:
            raise FormMalformed("the form stops before its last boundary")

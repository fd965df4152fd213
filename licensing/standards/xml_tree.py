"""
XML of strangers as a small tree: bounded in bytes, depth and number of elements, free of DTDs.

This file alone parses XML. Entities, document types and external references are refused before
anything of them is expanded.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from licensing.standards.errors import DeclarationMalformed, DeclarationTooLarge, DeclarationUnsafe

MAX_BYTES: Final = 1024**2
MAX_DEPTH: Final = 32
MAX_ELEMENTS: Final = 20_000

NO_NAMESPACE: Final = ""


@dataclass(slots=True)
class Element:
    """One element: its namespace and local name, attributes (`{ns}name` or `name`) and content."""

    namespace: str
    name: str
    attributes: Mapping[str, str]
    children: "list[Element]" = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Everything written directly inside, without surrounding space."""
        return "".join(self.texts).strip()

    def all(self, name: str) -> "Iterator[Element]":
        """Give the children of this name and this element's namespace, in their order."""
        return (
            child
            for child in self.children
            if child.name == name and child.namespace == self.namespace
        )


class _Builder:
    """Takes what the parser finds, and stops it at the bounds."""

    def __init__(self) -> None:
        self.root: Element | None = None
        self._open: list[Element] = []
        self._count = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._count += 1
        if self._count > MAX_ELEMENTS:
            raise DeclarationTooLarge("elements", MAX_ELEMENTS)
        if len(self._open) >= MAX_DEPTH:
            raise DeclarationTooLarge("levels of elements", MAX_DEPTH)
        namespace, _, name = tag.removeprefix("{").rpartition("}")
        element = Element(namespace, name, dict(attributes))
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)

    def data(self, text: str) -> None:
        self._open[-1].texts.append(text)

    def end(self, _tag: str) -> None:
        self._open.pop()

    def close(self) -> Element:
        assert self.root is not None  # noqa: S101 - the parser refuses a document without an element
        return self.root


def parse_xml(data: bytes) -> Element:
    """
    Read a whole document and give its root.

    Raises `DeclarationTooLarge`, `DeclarationUnsafe`, and `DeclarationMalformed` with the line of
    what is not well-formed.
    """
    if len(data) > MAX_BYTES:
        raise DeclarationTooLarge("bytes", MAX_BYTES)
    parser = DefusedXMLParser(target=_Builder(), forbid_dtd=True)
    try:
        parser.feed(data)
        root: Element = parser.close()
    except DefusedXmlException as error:
        raise DeclarationUnsafe("a document type or entities of its own") from error
    except ParseError as error:
        line, column = error.position
        raise DeclarationMalformed(f"line {line}, column {column + 1}", "is not XML") from error
    except (ValueError, LookupError) as error:  # an encoding that nobody knows
        raise DeclarationMalformed("document", "is in no known encoding") from error
    return root

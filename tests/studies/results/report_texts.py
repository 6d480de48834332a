"""What stands in a report, read back from its bytes."""

from __future__ import annotations

import base64
import re
import zlib
from html.parser import HTMLParser

VOID = {"meta", "img", "br", "rect", "path", "circle"}


class Page(HTMLParser):
    """The tags and texts of an HTML report; `balanced` once all that was opened is closed."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.styles: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        self.balanced = not self._open

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    def all(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag == name]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        (self.styles if self._open[-1:] == ["style"] else self.texts).append(data)


def pdf_pages(document: bytes) -> list[str]:
    """The text of each page in the order in which it is drawn, line ends as spaces."""
    objects = {
        int(number): body
        for number, body in re.findall(rb"\n(\d+) 0 obj\n(.*?)endobj", document, re.S)
    }
    fonts = {}
    for body in objects.values():
        if b"/Type /Font" in body and b"/Name /F" in body:
            fonts[_one(rb"/Name /(F\d+)", body)] = _one(rb"/BaseFont /([^\s]+)", body)
    kids = re.search(rb"/Kids \[(.*?)\]", document, re.S)
    assert kids
    pages = [objects[int(each)] for each in re.findall(rb"(\d+) 0 R", kids[1])]
    return [_text(objects[int(_one(rb"/Contents (\d+)", page))], fonts) for page in pages]


def pdf_text(document: bytes) -> str:
    return " ".join(pdf_pages(document))


def pdf_facts(document: bytes) -> dict[str, str]:
    """The document information dictionary."""
    found = re.findall(rb"/(\w+) \(((?:\\.|[^\\)])*)\)", document, re.S)
    facts = {}
    for key, value in found:
        plain = _plain(value)
        is_wide = plain.startswith(b"\xfe\xff")
        facts[key.decode()] = plain[2:].decode("utf-16-be") if is_wide else plain.decode("latin-1")
    return facts


def _one(pattern: bytes, body: bytes) -> str:
    found = re.search(pattern, body)
    assert found, (pattern, body[:200])
    return found[1].decode()


def _text(body: bytes, fonts: dict[str, str]) -> str:
    stream = body[body.index(b"stream") + 6 : body.rindex(b"endstream")].strip()
    content = zlib.decompress(base64.a85decode(stream.removesuffix(b"~>")))
    said, font = [], ""
    for match in re.finditer(
        rb"/(F\d+) [\d.]+ Tf|\(((?:\\.|[^\\)])*)\) Tj|(T\*|ET)", content, re.S
    ):
        if match[1]:
            font = fonts[match[1].decode()]
        elif match[3]:
            said.append(" ")
        else:
            coding = "cp1252" if font.startswith("Helvetica") else "utf-16-be"
            said.append(_plain(match[2]).decode(coding))
    return " ".join("".join(said).split())


def _plain(value: bytes) -> bytes:
    """A PDF string without its escapes (ISO 32000-1, 7.3.4.2)."""
    named = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}

    def one(match: re.Match[bytes]) -> bytes:
        octal, letter = match.groups()
        return bytes([int(octal, 8)]) if octal else named.get(letter, letter)

    return re.sub(rb"\\(?:([0-7]{1,3})|(.))", one, value, flags=re.S)

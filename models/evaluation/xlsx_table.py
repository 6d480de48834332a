"""The cells of one sheet of an .xlsx workbook, with the standard library and without trust.

ECMA-376 part 1, SpreadsheetML: a zip archive of XML parts. Text sits in the cell, or once for
the whole workbook in `xl/sharedStrings.xml`. What a table needs is read; formats, dates and
formulas are not (a formula's cell gives the value it was saved with).

Refused: a file or part larger than LARGEST, whatever the archive says of its size (zip bombs),
and any document type declaration, which alone can define entities (entity expansion, XXE).
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from pathlib import Path
from typing import Never
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from senoscope.domain.errors import DataSetError

LARGEST = 4 * 2**20
"""Bytes, of the file and of each unpacked part: ten times a table of thousands of cells."""
_REFERENCE = re.compile(r"([A-Z]{1,3})[1-9][0-9]{0,6}")


class _Unreadable(Exception):
    """Says what is wrong with the workbook; `read_xlsx` adds whose it is."""


def read_xlsx(path: Path, sheet: str) -> tuple[dict[int, str], ...]:
    """Rows of the sheet called `sheet`, from the top; empty ones in the file are empty here.

    A row has its cells by column, from 0 for A; empty cells are left out. Numbers are as the file
    writes them ("7.6E-3"). Raises DataSetError for a file that is missing, damaged, oversized,
    or has no such sheet.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise _Unreadable(f"it is larger than {LARGEST} bytes")
        with zipfile.ZipFile(path) as archive:
            return _rows(archive, sheet)
    except OSError as error:
        raise DataSetError(
            f"{path.name} cannot be read in {path.parent} ({error.strerror}). "
            "Give the .xlsx file of the clinical table."
        ) from error
    # zipfile tells of encryption by RuntimeError, and of names that are no text by ValueError.
    except (
        _Unreadable, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError,
        expat.ExpatError,
    ) as error:  # fmt: skip
        raise DataSetError(
            f"{path.name} cannot be read as an .xlsx workbook: {error}. Download it again, or "
            "save its table as .csv in UTF-8."
        ) from error


def _rows(archive: zipfile.ZipFile, sheet: str) -> tuple[dict[int, str], ...]:
    part = _part_of_sheet(archive, sheet)
    shared: dict[str, str] = {}
    if "xl/sharedStrings.xml" in archive.namelist():
        items = _part(archive, "xl/sharedStrings.xml").findall("si")
        shared = {str(number): _string(item) for number, item in enumerate(items)}
    return tuple(_cells(row, shared) for row in _part(archive, part).findall("sheetData/row"))


def _part_of_sheet(archive: zipfile.ZipFile, sheet: str) -> str:
    relations = _part(archive, "xl/_rels/workbook.xml.rels").findall("Relationship")
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    entries = _part(archive, "xl/workbook.xml").findall("sheets/sheet")
    sheets = {entry.get("name", ""): entry.get("id") for entry in entries}
    if sheet not in sheets:
        listed = ", ".join(repr(name) for name in sheets)
        raise _Unreadable(f"its sheets are {listed[:200] or 'none'}, expected {sheet!r}")
    return posixpath.join("/xl", targets.get(sheets[sheet], "")).lstrip("/")


def _cells(row: Element, shared: dict[str, str]) -> dict[int, str]:
    cells: dict[int, str] = {}
    column = -1
    for cell in row.findall("c"):
        reference = cell.get("r")
        column = column + 1 if reference is None else _column(reference)
        if text := _text(cell, shared):
            cells[column] = text
    return cells


def _text(cell: Element, shared: dict[str, str]) -> str:
    if cell.get("t") == "inlineStr":
        inline = cell.find("is")
        return "" if inline is None else _string(inline)
    value = cell.findtext("v", "")
    if cell.get("t") != "s" or not value:
        return value
    if value not in shared:
        raise _Unreadable(f"cell {cell.get('r')} wants shared string {value[:20]!r}, not there")
    return shared[value]


def _string(item: Element) -> str:
    """Plain text, or runs of formatted text joined; how it is pronounced is left out."""
    return "".join(text.text or "" for text in (*item.findall("t"), *item.findall("r/t")))


def _column(reference: str) -> int:
    """0 for "A7", 26 for "AA7"."""
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise _Unreadable(f"a cell is at {reference[:20]!r}, expected a place such as 'B7'")
    number = 0
    for letter in match[1]:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1


def _part(archive: zipfile.ZipFile, name: str) -> Element:
    try:
        entry = archive.getinfo(name)
    except KeyError:
        raise _Unreadable(f"it has no part {name!r}") from None
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _Unreadable(f"{name!r} is packed in way {entry.compress_type}, expected deflate")
    with archive.open(entry) as file:
        xml = file.read(LARGEST + 1)
    if len(xml) > LARGEST:
        raise _Unreadable(f"{name!r} unpacks to more than {LARGEST} bytes")
    return _parsed(xml)


def _parsed(xml: bytes) -> Element:
    """The tree, its names without name space: the strict and the usual form differ in theirs."""
    builder = TreeBuilder()
    parser = expat.ParserCreate(encoding="utf-8", namespace_separator=" ")

    def start(name: str, attributes: dict[str, str]) -> None:
        builder.start(_local(name), {_local(key): text for key, text in attributes.items()})

    def end(name: str) -> None:
        builder.end(_local(name))

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = _refuse
    parser.Parse(xml, True)
    return builder.close()


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _refuse(*_declaration: object) -> Never:
    raise _Unreadable("it declares a document type, which no workbook needs")

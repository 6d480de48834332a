"""Workbooks as spreadsheets write them are read; hostile and damaged ones are refused."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
import pytest

from senoscope.domain.errors import DataSetError
from senoscope.models.evaluation.xlsx_table import LARGEST, read_xlsx

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
HEADING = "<?xml version='1.0' encoding='UTF-8' standalone='yes'?>"
TWO_ROWS = (
    '<row><c r="A1" t="inlineStr"><is><t>a</t></is></c></row><row><c r="A2"><v>1</v></c></row>'
)


def workbook(
    path: Path, sheet_data: str = TWO_ROWS, shared: str | None = None, **parts: str
) -> Path:
    """A workbook with a dictionary before the sheet "Data"; `parts` replace parts by stem."""
    texts = {
        "workbook": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>'
        '<sheet name="Dictionary" sheetId="1" r:id="rId7"/>'
        '<sheet name="Data" sheetId="2" r:id="rId3"/></sheets></workbook>',
        "relations": f'<Relationships xmlns="{PACKAGE}">'
        '<Relationship Id="rId7" Target="worksheets/sheet1.xml"/>'
        '<Relationship Id="rId3" Target="/xl/worksheets/sheet2.xml"/></Relationships>',
        "dictionary": f'<worksheet xmlns="{MAIN}"><sheetData/></worksheet>',
        "data": f'<worksheet xmlns="{MAIN}"><sheetData>{sheet_data}</sheetData></worksheet>',
    } | parts
    names = {
        "workbook": "xl/workbook.xml",
        "relations": "xl/_rels/workbook.xml.rels",
        "dictionary": "xl/worksheets/sheet1.xml",
        "data": "xl/worksheets/sheet2.xml",
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for stem, text in texts.items():
            archive.writestr(names[stem], HEADING + text)
        if shared is not None:
            archive.writestr("xl/sharedStrings.xml", f'{HEADING}<sst xmlns="{MAIN}">{shared}</sst>')
    return path


def table_workbook(path: Path, sheet: str, rows: Iterable[Sequence[object]]) -> Path:
    """One sheet of these rows: text is shared, numbers are written, empty cells left out."""
    strings: dict[str, int] = {}
    written = []
    for number, row in enumerate(rows, start=1):
        cells = ""
        for column, value in enumerate(row):
            place = f"{chr(ord('A') + column)}{number}"
            if isinstance(value, float | int):
                cells += f'<c r="{place}"><v>{value}</v></c>'
            elif value:
                at = strings.setdefault(str(value), len(strings))
                cells += f'<c r="{place}" t="s"><v>{at}</v></c>'
        written.append(f'<row r="{number}">{cells}</row>')
    shared = "".join(f"<si><t>{escape(text)}</t></si>" for text in strings)
    book = f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>'
    book += f'<sheet name="{sheet}" sheetId="1" r:id="rId3"/></sheets></workbook>'
    return workbook(path, "".join(written), shared, workbook=book)


def test_every_way_of_writing_a_cell_is_read(tmp_path: Path) -> None:
    shared = (
        "<si><t>plain</t></si><si><r><rPr><b/></rPr><t>not </t></r><r><t>plain</t></r>"
        "<rPh sb='0' eb='1'><t>spoken</t></rPh></si>"
    )
    rows = (
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c>'
        '<c r="AA1" t="inlineStr"><is><t>a &amp; b</t></is></c></row>'
        '<row r="2"/>'
        '<row r="3"><c r="B3" s="4"/><c r="C3"><v>7.6E-3</v></c>'
        '<c r="D3" t="str"><f>A1</f><v>kept</v></c><c r="E3" t="b"><v>1</v></c></row>'
        "<row><c><v>1</v></c><c><v>2</v></c></row>"
    )
    assert read_xlsx(workbook(tmp_path / "t.xlsx", rows, shared), "Data") == (
        {0: "plain", 1: "not plain", 26: "a & b"},
        {},
        {2: "7.6E-3", 3: "kept", 4: "1"},
        {0: "1", 1: "2"},
    )


def test_a_cell_far_to_the_right_costs_no_more_than_one(tmp_path: Path) -> None:
    rows = read_xlsx(workbook(tmp_path / "t.xlsx", '<row><c r="XFD1"><v>1</v></c></row>'), "Data")
    assert rows == ({16383: "1"},)


def test_a_missing_sheet_is_named_with_those_that_are_there(tmp_path: Path) -> None:
    with pytest.raises(DataSetError, match="'Dictionary', 'Data', expected 'Clinical'"):
        read_xlsx(workbook(tmp_path / "t.xlsx"), "Clinical")


def test_a_part_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "bomb.xlsx", " " * (LARGEST + 1))
    assert path.stat().st_size < LARGEST / 100
    with pytest.raises(DataSetError, match=f"sheet2.xml' unpacks to more than {LARGEST} bytes"):
        read_xlsx(path, "Data")


def test_a_part_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    """The archive's directory says 10 bytes; what is read may not hang on it."""
    path = workbook(tmp_path / "liar.xlsx", " " * (LARGEST + 1))
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("xl/worksheets/sheet2.xml").file_size
    packed = path.read_bytes()
    assert packed.count(size.to_bytes(4, "little")) == 2
    path.write_bytes(packed.replace(size.to_bytes(4, "little"), (10).to_bytes(4, "little")))
    with pytest.raises(DataSetError, match=r"cannot be read as an \.xlsx workbook"):
        read_xlsx(path, "Data")


def test_a_file_that_is_too_large_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "large.xlsx"
    with path.open("wb") as file:
        file.truncate(LARGEST + 1)
    with pytest.raises(DataSetError, match=f"larger than {LARGEST} bytes"):
        read_xlsx(path, "Data")


@pytest.mark.parametrize(
    "declaration",
    [
        "<!DOCTYPE worksheet>",
        '<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE w [<!ENTITY secret SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE w SYSTEM "http://127.0.0.1/w.dtd">',
    ],
)
@pytest.mark.parametrize("part", ["workbook", "relations", "data"])
def test_a_document_type_is_refused_in_every_part(
    tmp_path: Path, part: str, declaration: str
) -> None:
    path = workbook(tmp_path / "t.xlsx", **{part: f"{declaration}<w>&b;</w>"})
    with pytest.raises(DataSetError, match="declares a document type"):
        read_xlsx(path, "Data")


def test_a_document_type_in_another_encoding_does_not_slip_through(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx")
    hidden = "<?xml version='1.0' encoding='utf-16'?><!DOCTYPE w [<!ENTITY a 'a'>]><w>&a;</w>"
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/sharedStrings.xml", hidden.encode("utf-16"))
    with pytest.raises(DataSetError, match=r"cannot be read as an \.xlsx workbook"):
        read_xlsx(path, "Data")


def test_elements_without_end_are_read_without_running_out_of_stack(tmp_path: Path) -> None:
    deep = "<c>" * 50_000 + "</c>" * 50_000
    assert read_xlsx(workbook(tmp_path / "deep.xlsx", f"<row>{deep}</row>"), "Data") == ({},)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ('<row><c r="A1" t="s"><v>-1</v></c></row>', "wants shared string '-1'"),
        ('<row><c r="A1" t="s"><v>1</v></c></row>', "wants shared string '1'"),
        ('<row><c r="AAAA1"><v>1</v></c></row>', "a cell is at 'AAAA1'"),
        ('<row><c r="a1"><v>1</v></c></row>', "a cell is at 'a1'"),
        ("<row>", "mismatched tag"),
        ("<row>&nbsp;</row>", "undefined entity"),
    ],
)
def test_a_damaged_sheet_is_refused_with_the_reason(tmp_path: Path, rows: str, said: str) -> None:
    path = workbook(tmp_path / "t.xlsx", rows, "<si><t>only</t></si>")
    with pytest.raises(DataSetError, match=f"t.xlsx cannot be read as an .xlsx workbook.*{said}"):
        read_xlsx(path, "Data")


def test_a_workbook_that_lacks_a_part_names_it(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    with pytest.raises(DataSetError, match=r"no part 'xl/_rels/workbook\.xml\.rels'"):
        read_xlsx(path, "Data")


def test_a_part_packed_in_an_unusual_way_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("xl/_rels/workbook.xml.rels", "<w/>")
    with pytest.raises(DataSetError, match="packed in way 14, expected deflate"):
        read_xlsx(path, "Data")


def test_what_is_no_workbook_is_refused(tmp_path: Path) -> None:
    (tmp_path / "t.xlsx").write_text("CaseID,Shape\n")
    with pytest.raises(DataSetError, match="not a zip file"):
        read_xlsx(tmp_path / "t.xlsx", "Data")
    with pytest.raises(DataSetError, match=r"none\.xlsx cannot be read in .*No such file"):
        read_xlsx(tmp_path / "none.xlsx", "Data")


def test_a_damaged_file_gives_a_reason_or_its_rows_but_no_other_error(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    whole = np.frombuffer(workbook(tmp_path / "t.xlsx").read_bytes(), np.uint8)
    refused = 0
    for _ in range(200):
        damaged = whole.copy()
        damaged[rng.integers(len(whole), size=3)] = rng.integers(256, size=3)
        (tmp_path / "t.xlsx").write_bytes(damaged.tobytes())
        try:
            read_xlsx(tmp_path / "t.xlsx", "Data")
        except DataSetError:
            refused += 1
    assert 0 < refused < 200

"""A table that a person gives is read whole, or what is wrong is said by line and column."""

from __future__ import annotations

from pathlib import Path

import pytest

from senoscope.domain.errors import DataSetError
from senoscope.studies.files.table_text import TableText

KNOWN = ("name", "age", "one", "two")


def table(tmp_path: Path, content: str | bytes) -> TableText:
    path = tmp_path / "given.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return TableText.read(path, "a table", 1000)


def test_rows_are_given_by_the_line_on_which_they_begin(tmp_path: Path) -> None:
    read = table(tmp_path, '\ufeff Name ,AGE\r\n"a\nb",1\n\n ,\nc, 2 ')
    assert read.head == ("name", "age")
    assert list(read.rows()) == [
        (2, {"name": "a\nb", "age": "1"}),
        (6, {"name": "c", "age": " 2 "}),
    ]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "empty; expected a table"),
        ("\n\n", "empty"),
        ('name,age\n"a,1', "Line 2 of given.csv is no line of a CSV"),
        (b"name,age\n\xff,1", "Line 2 of given.csv is not UTF-8"),
        ("name,age\na\0,1", "Line 2 of given.csv holds a zero byte"),
        ("name,age\n" + "a,1\n" * 300, "no file of up to 0 MB"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: str | bytes, why: str) -> None:
    with pytest.raises(DataSetError, match=why):
        table(tmp_path, content)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none"):
        with pytest.raises(DataSetError, match="no file"):
            TableText.read(path, "a table", 1000)


@pytest.mark.parametrize(
    ("head", "why"),
    [
        ("age", "'name' of given.csv is there 0 times"),
        ("name,age,age", "'age' of given.csv is there 2 times"),
        ("name,Doe Jane", "Column 2 of given.csv has a name that is not known"),
        ("name,one", "'one' alone"),
    ],
)
def test_columns_are_looked_at(tmp_path: Path, head: str, why: str) -> None:
    read = table(tmp_path, head)
    with pytest.raises(DataSetError, match=why) as raised:
        read.require_columns(("name",), KNOWN)
        read.has_all(("one", "two"))
    assert "Jane" not in str(raised.value)


def test_columns_that_go_together_are_all_there_or_none(tmp_path: Path) -> None:
    assert table(tmp_path, "name,two,one").has_all(("one", "two"))
    assert not table(tmp_path, "name").has_all(("one", "two"))


def test_one_of_several_columns_is_needed(tmp_path: Path) -> None:
    table(tmp_path, "one,age").require_one_of(("one", "two"))
    with pytest.raises(DataSetError, match="none of the columns one, two"):
        table(tmp_path, "name,age").require_one_of(("one", "two"))


def test_a_row_with_another_number_of_cells_is_refused(tmp_path: Path) -> None:
    read = table(tmp_path, "name,age\na,1\nb,2,3\n")
    with pytest.raises(DataSetError, match=r"Line 3 of given.csv has 3 cells; expected 2"):
        list(read.rows())

from pathlib import Path

import pytest

from senoscope.domain.errors import DataSetError
from senoscope.models.evaluation.mammogram_sets.set_table import read_rows
from tests.models.evaluation.mammogram_sets.films import write_table


def test_a_cell_with_a_line_break_does_not_shift_the_lines_that_are_told(tmp_path: Path) -> None:
    table = write_table(tmp_path / "t.csv", "a;b", '1;"x', '"', ";", "2;y")
    rows = read_rows(table, ("a", "b"))
    assert [(row.line, row["a"], row["b"]) for row in rows] == [(2, "1", "x"), (5, "2", "y")]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "0 lines"),
        (b"a,b\n", "1 lines"),
        (b"a,c\n1,2\n", "columns a, c"),
        (b"a,b\n\xff\xfe,1\n", "no table in UTF-8"),
        (b"a,b\n" + b"x" * 200_000 + b",1\n", "field larger"),
    ],
)
def test_what_is_no_such_table_is_refused_by_name(
    tmp_path: Path, content: bytes, told: str
) -> None:
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(DataSetError, match=told) as error:
        read_rows(tmp_path / "t.csv", ("a", "b"))
    assert "t.csv" in str(error.value)


def test_a_table_that_is_not_there_says_where_it_was_sought(tmp_path: Path) -> None:
    with pytest.raises(DataSetError, match=r"t\.csv cannot be read in .*No such file"):
        read_rows(tmp_path / "t.csv", ("a",))


def test_a_head_alone_is_a_table_where_none_may_be_there(tmp_path: Path) -> None:
    assert read_rows(write_table(tmp_path / "t.csv", "a,b"), ("a",), fewest=0) == ()


@pytest.mark.parametrize("said", ["", "nan", "inf", "1e999", "7 px"])
def test_what_is_no_number_is_told_with_its_line(tmp_path: Path, said: str) -> None:
    row = read_rows(write_table(tmp_path / "t.csv", "a,b", f"1,{said}"), ("a", "b"))[0]
    with pytest.raises(DataSetError, match=r"Line 2 of t\.csv .*expected a number"):
        row.number("b")


@pytest.mark.parametrize("name", ["../t.csv", "none.png", "/etc/passwd", "", ".", "x" * 5000, "\0"])
def test_a_name_that_leads_elsewhere_is_no_file(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "images"
    folder.mkdir()
    row = read_rows(write_table(tmp_path / "t.csv", "a,b", "1,2"), ("a", "b"))[0]
    with pytest.raises(DataSetError, match="in images"):
        row.file_in(folder, name, "b")

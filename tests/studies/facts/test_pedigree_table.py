"""A family from a table, and what of a cell is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from senoscope.domain.errors import DataSetError, SettingsError
from senoscope.models.risk.canrisk_pedigree import Cancer, GeneTest, Sex
from senoscope.studies.facts.pedigree_table import read_pedigree

HEAD = "key,sex,target,father,mother,age,birth_year,dead,twin,ashkenazi,bc1,bc2,brca1,er"
ROWS = (
    "me,F,1,dad,mum,45,1980,,,,,,,",
    "mum,f,,,,61,1957,1,,1,42,AU,s:p,N",
    "dad,M,0,,,,,,,,,,,",
)


def written(tmp_path: Path, *rows: str, head: str = HEAD) -> Path:
    path = tmp_path / "family.csv"
    path.write_text("\n".join((head, *rows)), encoding="utf-8")
    return path


def test_a_family_is_read(tmp_path: Path) -> None:
    me, mum, dad = read_pedigree(written(tmp_path, *ROWS)).members
    assert (me.is_target, me.father, me.mother, me.age, me.birth_year) == (
        *(True, "dad", "mum", 45, 1980),
    )
    assert me.cancers == me.genes == me.receptors == {}
    assert mum.is_dead and mum.is_ashkenazi and mum.sex is Sex.FEMALE
    assert mum.cancers == {Cancer.BREAST: 42, Cancer.OTHER_BREAST: "AU"}
    assert mum.genes == {"BRCA1": GeneTest.SEARCHED_POSITIVE}
    assert mum.receptors == {"ER": False}
    assert (dad.sex, dad.age, dad.is_dead, dad.twin) == (Sex.MALE, None, False, None)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("x,W,,,,,,,,,,,,", "sex"),
        ("x,,,,,,,,,,,,,", "sex"),
        ("x,F,yes,,,,,,,,,,,", "target"),
        ("x,F,,,,4.5,,,,,,,,", "age"),
        ("x,F,,,,٤٥,,,,,,,,", "age"),
        ("x,F,,,,,19800,,,,,,,", "birth_year"),
        ("x,F,,,,,,maybe,,,,,,", "dead"),
        ("x,F,,,,,,,,,early,,,", "bc1"),
        ("x,F,,,,,,,,,,,positive,", "brca1"),
        ("x,F,,,,,,,,,40,,,+", "er"),
    ],
)
def test_a_wrong_cell_is_told_by_line_and_column(row: str, column: str, tmp_path: Path) -> None:
    with pytest.raises(DataSetError, match=rf"Line 5 .*{column!r}.*expected"):
        read_pedigree(written(tmp_path, *ROWS, row))


def test_a_family_that_cannot_be_is_told_by_its_member(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"Member 4.*nobody's relative"):
        read_pedigree(written(tmp_path, *ROWS, "x,F,,,,,,,,,,,,"))


def test_a_column_too_few_or_too_many_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataSetError, match="'birth_year'"):
        read_pedigree(written(tmp_path, head=HEAD.replace("birth_year", "born")))
    with pytest.raises(DataSetError, match="Column 15"):
        read_pedigree(written(tmp_path, head=HEAD + ",name"))

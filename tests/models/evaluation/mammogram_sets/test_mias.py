from pathlib import Path

import pytest

from senoscope.domain.errors import DataSetError
from senoscope.domain.mammogram import Laterality
from senoscope.models.evaluation.mammogram_sets.marked_view import OTHER, truth_map
from senoscope.models.evaluation.mammogram_sets.mias import read_mias
from senoscope.models.evaluation.ultrasound_sets import Diagnosis
from tests.models.evaluation.mammogram_sets.films import read_film, write_film, write_table

LINES = (
    "REFNUM BG CLASS SEVERITY X Y RADIUS",
    "mdb001 G CIRC B 535 425 197",
    "mdb003 D NORM ",
    "mdb005 F CIRC B 477 133 30",
    "mdb005 F SPIC M 500 168 26",
    "mdb216 D CALC M *NOTE 3*",
    "mdb059 F CIRC B",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_table(tmp_path / "Info.txt", *LINES)
    for number in (1, 3, 5, 59):
        write_film(tmp_path / f"mdb{number:03d}.pgm", shape=(1024, 1024))
    write_film(tmp_path / "all-mias" / "mdb216.pgm", shape=(1024, 1024))
    return tmp_path


def test_films_of_a_pair_are_one_woman_s_and_the_worse_abnormality_counts(folder: Path) -> None:
    views = {view.name: view for view in read_mias(folder)}
    assert {name: view.diagnosis for name, view in views.items()} == {
        "mdb001": Diagnosis.BENIGN,
        "mdb003": Diagnosis.NORMAL,
        "mdb005": Diagnosis.MALIGNANT,
        "mdb216": Diagnosis.MALIGNANT,
        "mdb059": Diagnosis.BENIGN,
    }
    assert [len(view.regions) for view in views.values()] == [1, 0, 2, 0, 0]
    assert views["mdb001"].laterality is Laterality.RIGHT
    assert views["mdb216"].laterality is Laterality.LEFT
    assert (views["mdb005"].patient, views["mdb216"].patient) == ("pair 3", "pair 108")


def test_a_circle_is_counted_from_the_bottom(folder: Path) -> None:
    views = {view.name: view for view in read_mias(folder)}
    truth = truth_map(views["mdb005"], (1024, 1024), read_film)
    assert truth[1023 - 133, 477] == truth[1023 - 133 + 28, 477] == OTHER
    assert truth[1023 - 133 + 34, 477] == truth[133, 477] == 0


@pytest.mark.parametrize(
    "line",
    [
        "mdb001", "mdb001 X CIRC B 1 2 3", "mdb001 G BLOB B 1 2 3", "mdb001 G CIRC Q 1 2 3",
        "mdb001 G CIRC B 1 2", "mdb001 G CIRC B 1 2 -3", "mdb001 G CIRC B 1 2 0",
        "mdb001 G CIRC B 1024 2 3", "mdb001 G CIRC", "mdb001 G NORM B", "mdb001 G CIRC B 1 2 3 4",
    ],
)  # fmt: skip
def test_a_line_that_is_not_as_published_is_told(folder: Path, line: str) -> None:
    write_table(folder / "Info.txt", "REFNUM", line)
    with pytest.raises(DataSetError, match=r"Line 2 of Info\.txt says 'mdb001"):
        read_mias(folder)


def test_a_film_that_is_not_there_is_told(folder: Path) -> None:
    (folder / "mdb003.pgm").unlink()
    with pytest.raises(DataSetError, match=r"mdb003\.pgm is neither"):
        read_mias(folder)


@pytest.mark.parametrize("lines", [None, ("nothing",)])
def test_without_a_table_it_is_asked_for(tmp_path: Path, lines: tuple[str, ...] | None) -> None:
    if lines:
        write_table(tmp_path / "Info.txt", *lines)
    with pytest.raises(DataSetError, match=r"Info\.txt"):
        read_mias(tmp_path)

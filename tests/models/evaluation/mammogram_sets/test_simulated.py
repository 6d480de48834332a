from pathlib import Path

import pytest

from senoscope.domain.errors import DataSetError
from senoscope.models.evaluation.mammogram_sets.simulated import GROWTHS, IMAGES, read_simulated
from senoscope.models.evaluation.ultrasound_sets import Diagnosis
from senoscope.studies.wrapping import simulated_exam
from tests.models.evaluation.mammogram_sets.films import write_exam


def test_a_growth_makes_its_own_breast_malignant_if_it_is_drawn_so(tmp_path: Path) -> None:
    write_exam(
        tmp_path / "exam00007",
        "R-CC.dcm,7,round mass,0,100.0,150.0,20.0,3",
        "L-CC.dcm,7,calcifications,1,100.0,150.0,20.0,3",
    )
    write_exam(tmp_path / "exam00008")
    found = [(view.laterality, view.diagnosis) for view in read_simulated(tmp_path)]
    assert found == [
        ("R", Diagnosis.BENIGN), ("L", Diagnosis.MALIGNANT),
        ("R", Diagnosis.NORMAL), ("L", Diagnosis.NORMAL),
    ]  # fmt: skip


def test_the_columns_are_those_that_the_simulator_writes() -> None:
    assert set(IMAGES) <= set(simulated_exam.IMAGES)
    assert set(GROWTHS) <= set(simulated_exam.GROWTHS)


@pytest.mark.parametrize(
    ("growth", "told"),
    [
        ("R-CC.dcm,7,round mass,2,1,1,1,1", "Line 2 of growths.csv .*'2' under 'malignant'"),
        ("R-CC.dcm,7,round mass,1,1,,1,1", "'' under 'y'; expected a number"),
    ],
)
def test_a_row_that_is_not_as_written_is_told(tmp_path: Path, growth: str, told: str) -> None:
    write_exam(tmp_path / "exam00007", growth)
    with pytest.raises(DataSetError, match=told):
        read_simulated(tmp_path)


def test_what_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataSetError, match="senoscope simulate mammograms"):
        read_simulated(tmp_path)
    write_exam(tmp_path / "exam00007")
    (tmp_path / "exam00007" / "growths.csv").unlink()
    with pytest.raises(DataSetError, match=r"growths\.csv cannot be read"):
        read_simulated(tmp_path)
    write_exam(tmp_path / "exam00007")
    (tmp_path / "exam00007" / "R-CC.dcm").unlink()
    with pytest.raises(DataSetError, match=r"'R-CC\.dcm' in exam00007"):
        read_simulated(tmp_path)

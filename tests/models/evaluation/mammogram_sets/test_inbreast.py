import plistlib
from pathlib import Path

import numpy as np
import pytest

from senoscope.domain.errors import DataSetError
from senoscope.models.evaluation.mammogram_sets.inbreast import read_inbreast
from senoscope.models.evaluation.mammogram_sets.marked_view import MALIGNANT, truth_map
from senoscope.models.evaluation.ultrasound_sets import Diagnosis
from tests.models.evaluation.mammogram_sets.films import SHAPE, read_film, write_film, write_table

HEAD = "Patient ID;Patient age;Laterality;View;Acquisition date;File Name;ACR;Bi-Rads"
SQUARE = ("(10.0, 20.5)", "(40.0, 20.5)", "(40.0, 60.0)", "(10.0, 60.0)")


def write_outlines(path: Path, *rois: tuple[str, tuple[str, ...]]) -> None:
    path.parent.mkdir(exist_ok=True)
    listed = [{"Name": n, "NumberOfPoints": len(p), "Point_px": list(p)} for n, p in rois]
    path.write_bytes(plistlib.dumps({"Images": [{"NumberOfROIs": len(listed), "ROIs": listed}]}))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_film(tmp_path / "AllDICOMs" / "20586908_6c61_MG_R_CC_ANON.dcm")
    write_film(tmp_path / "AllDICOMs" / "20586934_6c61_MG_L_ML_ANON.dcm")
    rois = ("Mass", SQUARE), ("Calcification", ("(100.0, 90.0)",)), ("Pectoral Muscle", SQUARE)
    write_outlines(tmp_path / "AllXML" / "20586908.xml", *rois)
    write_table(
        tmp_path / "INbreast.csv",
        HEAD,
        "removed;removed;R;CC;201001;20586908;3;4b",
        "removed;removed;L;MLO;201001;20586934;    ;1",
    )
    return tmp_path


def test_the_patient_is_in_the_file_s_name_and_a_point_is_a_region(folder: Path) -> None:
    sick, well = read_inbreast(folder)
    assert (sick.patient, sick.diagnosis, sick.view) == ("6c61", Diagnosis.MALIGNANT, "CC")
    assert (well.patient, well.diagnosis, well.regions) == ("6c61", Diagnosis.NORMAL, ())
    assert len(sick.regions) == 2
    truth = truth_map(sick, SHAPE, read_film)
    assert truth[40, 25] == truth[90, 100] == MALIGNANT
    assert truth[40, 45] == 0
    assert np.count_nonzero(truth[80:100, 90:110]) >= 1


@pytest.mark.parametrize(
    "content",
    [
        b"", b"<plist>", b"\xff\xff", plistlib.dumps({}), plistlib.dumps({"Images": []}),
        plistlib.dumps({"Images": [{"ROIs": [{"Point_px": ["(1, 2, 3)"]}]}]}),
        plistlib.dumps({"Images": [{"ROIs": ["Mass"]}]}),
        plistlib.dumps({"Images": [{"ROIs": [{"Point_px": [5]}]}]}),
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><plist><string>&a;</string></plist>',
    ],
)  # fmt: skip
def test_outlines_that_are_not_understood_are_told_by_file(folder: Path, content: bytes) -> None:
    (folder / "AllXML" / "20586908.xml").write_bytes(content)
    with pytest.raises(DataSetError, match=r"AllXML/20586908\.xml is not understood"):
        read_inbreast(folder)


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ("4b", "0", "Line 2 .*'0' under 'Bi-Rads'"),
        (";R;", ";X;", "'X' under 'Laterality'"),
        ("20586908", "20586909", "not 0"),
        ("20586908", "*", "not 0"),
    ],
)
def test_a_row_that_is_not_as_published_is_told(
    folder: Path, was: str, becomes: str, told: str
) -> None:
    table = folder / "INbreast.csv"
    table.write_text(table.read_text(encoding="utf-8").replace(was, becomes), encoding="utf-8")
    with pytest.raises(DataSetError, match=told):
        read_inbreast(folder)

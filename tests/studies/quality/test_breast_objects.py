"""What a person is told of the objects of a breast exam."""

from pathlib import Path

from senoscope.studies.quality.study_quality import quality_of
from senoscope.studies.quality.tissue_edge import edges_of
from tests.studies.mammograms import mammogram
from tests.studies.study_builders import folder_of, read
from tests.studies.tomosynthesis import (
    ct_slices,
    hologic_private,
    projections,
    slice_frames,
    synthetic,
    write_view,
)


def told(folder: Path) -> list[str]:
    ((study,), left_out) = read(folder)
    return [str(each.text) for each in quality_of(study, left_out, edges_of(study)).facts]


def test_a_synthetic_picture_counts_as_none_of_the_four_views(tmp_path: Path) -> None:
    lines = told(folder_of(tmp_path / "study", mammogram("L", "CC"), synthetic(2)))
    assert "Mammograms for presentation: LCC." in lines
    assert "Synthetic mammograms: LCC." in lines
    (line,) = [each for each in lines if "is a synthetic 2-D picture" in each]
    assert "in 1 of its 2 files" in line
    assert "no full-field mammogram" in line


def test_each_form_that_is_not_read_is_named_with_what_to_do(tmp_path: Path) -> None:
    headers = [projections(), hologic_private(), *ct_slices()]
    for number, header in enumerate(headers):
        header.SOPInstanceUID = f"1.2.3.9.{number}"
    lines = "\n".join(told(folder_of(tmp_path / "study", *headers)))
    assert "in 1 of its 5 files, is not read: it holds projections" in lines
    assert "in 1 of its 5 files, is not read: it is a private object of Hologic" in lines
    assert "in 3 of its 5 files, is not read: its slices are stored as CT images" in lines
    assert lines.count("Breast Tomosynthesis Image") == 3
    assert "Mammograms" not in lines, "they are no views"


def test_slices_at_the_other_side_s_edge_are_a_fault(tmp_path: Path) -> None:
    write_view(tmp_path / "study", "L", frames=slice_frames("R"))
    (fault,) = [each for each in told(tmp_path / "study") if "edge" in each]
    assert "says left, and by PatientOrientation (A/R) the breast lies at the left edge" in fault


def test_slices_stored_mirrored_as_they_say_are_no_fault(tmp_path: Path) -> None:
    def mirrored(header: object) -> None:
        plane = header.SharedFunctionalGroupsSequence[0].PlaneOrientationSequence[0]  # type: ignore[attr-defined]
        plane.ImageOrientationPatient = [0, 1, 0, -1, 0, 0]

    write_view(tmp_path / "study", "L", frames=slice_frames("R"), change=mirrored)
    lines = [each for each in told(tmp_path / "study") if "edge" in each]
    assert len(lines) == 1
    assert "is stored mirrored or turned, as its PatientOrientation (P/R) says" in lines[0]

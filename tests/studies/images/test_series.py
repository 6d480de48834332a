import math
from dataclasses import replace
from pathlib import Path

import pytest
from pydicom import Dataset

from senoscope.domain.errors import SourceUnavailable
from senoscope.studies.files.study_files import StudyFiles
from senoscope.studies.images.series import Series, uid_order
from senoscope.studies.images.stored_image import StoredImage
from tests.studies.dicom_files import write
from tests.studies.study_builders import SERIES, STUDY, folder_of, image, read, ultrasound

SAGITTAL = [0, 1, 0, 0, 0, -1]


def order(folder: Path) -> tuple[list[str], str]:
    """The last part of each instance UID of the only series, and by what they are ordered."""
    ((study,), _) = read(folder)
    (series,) = study.series
    return [each.instance_uid.rsplit(".", 1)[1] for each in series.images], series.ordered_by


def placed(number: int, x: float, **changed: object) -> Dataset:
    """A sagittal slice at x mm, whose other numbers say another order."""
    return image(
        number,
        ImageOrientationPatient=SAGITTAL,
        ImagePositionPatient=[x, 0, 0],
        InstanceNumber=number,
        **changed,
    )


def test_slices_are_ordered_along_their_normal_whatever_their_names_and_numbers_say(
    tmp_path: Path,
) -> None:
    folder = folder_of(tmp_path / "s", placed(1, 10), placed(2, -30), placed(3, 0))
    # The normal of these directions points to -x.
    assert order(folder) == (["1", "3", "2"], "position")


def test_an_oblique_normal_is_the_cross_product(tmp_path: Path) -> None:
    half = math.sqrt(0.5)
    header = image(ImageOrientationPatient=[half, half, 0, 0, 0, 1], ImagePositionPatient=[3, 1, 9])
    with StudyFiles(write(tmp_path / "a", header)) as files:
        (found,) = files
        given = StoredImage.of(found)
    assert given.normal == pytest.approx((half, -half, 0))
    assert given.offset_mm == pytest.approx(2 * half)


def test_phases_at_one_position_follow_in_time(tmp_path: Path) -> None:
    folder = folder_of(
        tmp_path / "s",
        placed(1, 0, AcquisitionDate="20260101", AcquisitionTime="100200"),
        placed(2, 0, AcquisitionDate="20260101", AcquisitionTime="100100.5"),
        placed(3, 5, AcquisitionDate="20260101", AcquisitionTime="100000"),
    )
    assert order(folder) == (["3", "2", "1"], "position")


def test_what_a_scanner_rounds_is_one_position_and_four_micrometres_are_not(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "s", placed(1, 0), placed(2, 0.0004), placed(3, 0.004))
    assert order(folder) == (["3", "1", "2"], "position")


@pytest.mark.parametrize(
    "missing", [{"ImagePositionPatient": [1, 2]}, {"ImageOrientationPatient": [0, 1, 0, 0, 0, 0]}]
)
def test_one_slice_without_a_place_leaves_all_to_what_all_have(
    tmp_path: Path, missing: dict[str, object]
) -> None:
    third = placed(3, 0)
    third.update(missing)
    folder = folder_of(tmp_path / "s", placed(2, 10), placed(1, -30), third)
    assert order(folder) == (["1", "2", "3"], "instance number")


def test_slices_that_are_not_parallel_have_no_order_in_space(tmp_path: Path) -> None:
    across = image(
        3,
        ImageOrientationPatient=[1, 0, 0, 0, 1, 0],
        ImagePositionPatient=[0, 0, 0],
        InstanceNumber=3,
    )
    assert order(folder_of(tmp_path / "s", across, placed(2, 0), placed(1, 1)))[1] == (
        "instance number"
    )


def test_then_time_then_number_then_uid(tmp_path: Path) -> None:
    timed = folder_of(
        tmp_path / "timed",
        image(1, AcquisitionDateTime="20260101100000.25+0100", InstanceNumber=1),
        image(2, AcquisitionDateTime="20260101100000.2", InstanceNumber=2),
        image(3, AcquisitionDateTime="202601010959", InstanceNumber=3),
    )
    assert order(timed) == (["3", "2", "1"], "acquisition time")
    numbered = folder_of(
        tmp_path / "numbered", image(1, InstanceNumber=10), image(2, InstanceNumber=9)
    )
    assert order(numbered) == (["2", "1"], "instance number")
    bare = folder_of(tmp_path / "bare", image(10), image(9))
    assert order(bare) == (["9", "10"], "instance UID")
    moment = {"AcquisitionDateTime": "20260101100000", "InstanceNumber": 1}
    some = folder_of(tmp_path / "some", image(10, **moment), image(9))
    assert order(some) == (["9", "10"], "instance UID")


def test_studies_and_series_are_told_apart_by_uid_alone(tmp_path: Path) -> None:
    folder = folder_of(
        tmp_path / "s",
        image(1, SeriesNumber=2),
        image(2, SeriesInstanceUID="1.2.3.1.8", SeriesNumber=1),
        image(3, StudyInstanceUID="1.2.3.10", SeriesInstanceUID="1.2.3.10.1", PatientID="other"),
        image(4, SeriesNumber=2),
    )
    studies, left_out = read(folder)
    assert [each.uid for each in studies] == [STUDY, "1.2.3.10"]
    assert [each.uid for each in studies[0].series] == ["1.2.3.1.8", SERIES]
    assert [len(each.images) for each in studies[0].series] == [1, 2]
    assert len(studies[1].images) == 1
    assert left_out == []


def test_a_file_that_came_twice_counts_once(tmp_path: Path) -> None:
    copy = image(1)
    copy.file_meta.ImplementationVersionName = "OTHER_PACS"
    ((study,), _) = read(folder_of(tmp_path / "s", image(1), copy, image(2)))
    assert (len(study.images), study.same_copies, study.contradictions) == (2, 1, ())


def test_other_content_under_one_instance_uid_is_a_contradiction(tmp_path: Path) -> None:
    headers = image(1), image(1, PixelSpacing=[1, 1]), image(1)
    ((study,), _) = read(folder_of(tmp_path / "s", *headers))
    assert (len(study.images), study.same_copies, study.contradictions) == (1, 1, ((1, 2),))


@pytest.mark.parametrize("uid", [None, "", "DOE^JANE"])
def test_a_file_that_belongs_nowhere_is_refused(tmp_path: Path, uid: str | None) -> None:
    header = image(1)
    if uid is None:
        del header.SeriesInstanceUID
    else:
        header.SeriesInstanceUID = uid
    studies, (line,) = read(folder_of(tmp_path / "s", header))
    assert studies == []
    assert line.is_refused
    assert "does not say to which study" in str(line)
    assert "DOE" not in str(line)


def test_frames_are_counted_of_pictures_only(tmp_path: Path) -> None:
    note = Dataset()
    note.file_meta = image().file_meta
    note.SOPClassUID = "1.2.840.10008.5.1.4.1.1.88.33"
    note.SOPInstanceUID, note.StudyInstanceUID, note.SeriesInstanceUID = "1.9", STUDY, SERIES
    ((study,), _) = read(folder_of(tmp_path / "s", ultrasound(), note))
    assert study.series[0].frame_count == 3
    assert study.series[0].modality == "US"


def test_what_is_damaged_in_a_header_is_not_known_and_harms_no_more(tmp_path: Path) -> None:
    path = write(tmp_path / "a", image(1, InstanceNumber="1234", Rows=120))
    path.write_bytes(path.read_bytes().replace(b"IS\x04\x001234", b"IS\x04\x00DOE "))
    ((study,), _) = read(path)
    assert study.images[0].instance_number is None
    assert study.images[0].rows == 120


def test_a_file_that_went_away_while_it_is_compared(tmp_path: Path) -> None:
    from senoscope.studies.images.series import sort_studies  # noqa: PLC0415

    ((study,), _) = read(folder_of(tmp_path / "s", image(1)))
    (given,) = study.images
    gone = replace(given, path=tmp_path / "gone")
    with pytest.raises(SourceUnavailable, match="can be read no further"):
        sort_studies([given, gone])
    assert sort_studies([gone])[0].images == (gone,), "one alone is not read again"


def test_nothing_shown_of_an_image_tells_who_it_is(tmp_path: Path) -> None:
    ((study,), _) = read(folder_of(tmp_path / "DOE_JANE", ultrasound()))
    assert "DOE" not in repr(study)
    assert "77-1234" not in repr(study)


def test_uids_are_ordered_by_their_numbers() -> None:
    assert sorted(["1.10", "1.9", "1.9.1"], key=uid_order) == ["1.9", "1.9.1", "1.10"]


def test_a_series_has_images() -> None:
    with pytest.raises(SourceUnavailable, match="expected one at least"):
        Series("1.2", (), "position")


def test_the_public_mammograms(public_data: Path) -> None:
    studies, _ = read(public_data / "mammography-dicom")
    (real,) = [each for study in studies for each in study.images if each.rows == 3062]
    assert real.columns == 2394
    assert {side for _, side in real.sides} == {"R"}
    assert real.trouble is None

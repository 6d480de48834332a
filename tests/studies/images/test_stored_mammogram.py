"""Mammograms of a study as readers see them."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from senoscope.domain.errors import ImageError, SourceUnavailable
from senoscope.domain.mammogram import Intent, Laterality
from senoscope.models.programmed.mammography.breast import Edge
from senoscope.studies.images.stored_mammogram import (
    StoredMammogram,
    is_mammogram,
    read_mammogram,
)
from tests.studies.mammograms import MOST, breast, mammogram, raw
from tests.studies.study_builders import folder_of, image, read

SPACING = [0.1, 0.1]


def stored(folder: Path, *headers: Any) -> StoredMammogram:
    folder.mkdir(exist_ok=True)
    [study], _ = read(folder_of(folder / "study", *headers))
    return read_mammogram(study.images[0])


def test_both_sides_hang_with_their_chest_wall_at_column_0_and_head_up(tmp_path: Path) -> None:
    left = stored(tmp_path / "l", mammogram("L", ImagerPixelSpacing=SPACING))
    right = stored(tmp_path / "r", mammogram("R", ImagerPixelSpacing=SPACING))
    assert (left.hanging.wall, right.hanging.wall) == (Edge.LEFT, Edge.RIGHT)
    assert np.array_equal(left.seen.pixels, right.seen.pixels)
    assert (left.seen.laterality, right.seen.laterality) == (Laterality.LEFT, Laterality.RIGHT)
    assert left.seen.view == "CC"
    assert left.cautions == ()
    assert left.window == "window 1"
    corner = np.array([[0, 7]], np.float32)
    last = right.seen.pixels.shape[1] - 1
    assert right.hanging.points_back(corner).tolist() == [[last, 7]]


def test_what_is_for_processing_is_seen_as_what_is_for_presentation(tmp_path: Path) -> None:
    shown, exposed = stored(tmp_path / "s", mammogram()), stored(tmp_path / "e", raw())
    assert exposed.seen.intent is Intent.PROCESSING
    dense = breast() > 2000
    assert exposed.seen.pixels[dense].mean() > exposed.seen.pixels[breast() < 100].mean() + 0.3
    correlation = np.corrcoef(shown.seen.pixels.ravel(), exposed.seen.pixels.ravel())[0, 1]
    assert correlation > 0.95


def test_inverted_greys_are_seen_the_right_way_round(tmp_path: Path) -> None:
    plain = stored(tmp_path / "p", mammogram())
    inverted = mammogram(
        picture=MOST - breast(), PhotometricInterpretation="MONOCHROME1",
        PresentationLUTShape="INVERSE",
    )  # fmt: skip
    assert np.abs(stored(tmp_path / "i", inverted).seen.pixels - plain.seen.pixels).max() < 0.01


@pytest.mark.parametrize(
    ("changed", "caution"),
    [
        ({"WindowCenter": 1e9, "WindowWidth": 1}, "window_unused"),
        ({"WindowCenter": None, "WindowWidth": None}, "no_window"),
        ({"PixelSpacing": None, "ImagerPixelSpacing": None}, "no_spacing"),
        ({"ViewCodeSequence": None, "ViewPosition": None}, "no_view"),
        ({"ImageLaterality": None}, "no_side"),
        ({"LossyImageCompression": "01"}, "lossy"),
        ({"PresentationLUTShape": "INVERSE"}, "contradicting_greys"),
    ],
)
def test_what_had_to_be_decided_is_said(
    tmp_path: Path, changed: dict[str, Any], caution: str
) -> None:
    given = {"ImagerPixelSpacing": SPACING} | changed
    if caution == "contradicting_greys":
        given["PixelData"] = (MOST - breast()).tobytes()
    assert caution in stored(tmp_path, mammogram(**given)).cautions


def test_under_a_window_that_shows_nothing_all_that_was_stored_is_seen(tmp_path: Path) -> None:
    seen = stored(tmp_path, mammogram(WindowCenter=1e9, WindowWidth=1)).seen.pixels
    assert seen[breast() > 2000].mean() > seen[breast() < 100].mean() + 0.3


def test_eight_bits_are_said(tmp_path: Path) -> None:
    few = mammogram(
        BitsAllocated=8, BitsStored=8, HighBit=7, WindowCenter=128, WindowWidth=256,
        PixelData=(breast() >> 4).astype(np.uint8).tobytes(),
    )  # fmt: skip
    assert "eight_bits" in stored(tmp_path, few).cautions


def test_millimetres_are_those_in_the_breast(tmp_path: Path) -> None:
    given = mammogram(
        PixelSpacing=None, ImagerPixelSpacing=SPACING, EstimatedRadiographicMagnificationFactor=1.8
    )
    spacing = stored(tmp_path, given).seen.spacing
    assert spacing is not None
    assert spacing.row_mm == pytest.approx(0.1 / 1.8)


def test_what_is_larger_than_any_detector_is_refused_with_its_size(tmp_path: Path) -> None:
    huge = mammogram(Rows=10_000, Columns=10_000, PixelData=bytes(2 * 10_000 * 10_000))
    with pytest.raises(SourceUnavailable, match="10000 x 10000"):
        stored(tmp_path, huge)


def test_a_blank_picture_is_no_mammogram(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="no breast stands out"):
        stored(tmp_path, mammogram(picture=np.full((500, 400), 700, np.uint16)))


def test_a_file_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match="cut off"):
        stored(tmp_path, mammogram(PatientName="SMITH", PixelData=bytes(10)))


def test_only_single_pictures_of_mg_are_mammograms(tmp_path: Path) -> None:
    [study], _ = read(folder_of(tmp_path / "study", mammogram(number=1), image(2, Modality="CT")))
    assert [is_mammogram(each) for each in study.images] == [True, False]


def test_public_mammograms_open(public_data: Path) -> None:
    [*studies], _ = read(public_data / "mammography-dicom")
    read_ones = [read_mammogram(each) for study in studies for each in study.images]
    whole = [each for each in read_ones if each.seen.pixels.shape == (3062, 2394)]
    assert [(each.seen.laterality, each.seen.view, each.window) for each in whole] == [
        (Laterality.RIGHT, "MLO", "NORMAL")
    ]
    assert len(read_ones) == 3

"""Tomosynthesis objects that are written."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import dcmread, uid

from senoscope.domain.errors import ImageError, SettingsError, StorageError
from senoscope.studies.quality.study_quality import quality_of
from senoscope.studies.quality.tissue_edge import edges_of
from senoscope.studies.results.write_results import is_simulated
from senoscope.studies.wrapping.frames_written import SYNTAXES
from senoscope.studies.wrapping.tomosynthesis_object import write_tomosynthesis
from tests.studies.results.conformance import dciodvfy_errors
from tests.studies.study_builders import read
from tests.studies.tomosynthesis import COUNT, EXAM, facts, slice_frames, write_view


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("of_each", [False, True])
def test_every_object_is_as_the_standard_asks(
    tmp_path: Path, syntax: uid.UID, of_each: bool
) -> None:
    windows = ((2048.0, 4096.0),) * (COUNT if of_each else 1)
    path = write_view(
        tmp_path, "R", "MLO", syntax=syntax, windows=windows, side_per_frame=of_each,
        thickness_mm=51.3,
    )  # fmt: skip
    assert dciodvfy_errors(path) == []
    assert dcmread(path).file_meta.TransferSyntaxUID == syntax


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_frames_come_back_as_they_were(tmp_path: Path, syntax: uid.UID) -> None:
    held = dcmread(write_view(tmp_path, syntax=syntax))
    held.pixel_array_options(decoding_plugin=_plugin(syntax))
    assert np.array_equal(held.pixel_array, np.stack(slice_frames()))


def _plugin(syntax: uid.UID) -> str:
    return {uid.JPEGLSLossless: "gdcm", uid.JPEG2000Lossless: "pillow"}.get(syntax, "")


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_no_frame_is_kept_while_the_next_is_made(tmp_path: Path, syntax: uid.UID) -> None:
    """All are drawn into one array: whoever kept one would write the last."""
    canvas = np.zeros_like(slice_frames()[0])

    def drawn() -> Iterator[NDArray[np.uint16]]:
        for frame in slice_frames():
            canvas[:] = frame
            yield canvas

    path = tmp_path / "a.dcm"
    write_tomosynthesis(path, EXAM, facts(), drawn(), syntax=syntax)
    held = dcmread(path)
    held.pixel_array_options(decoding_plugin=_plugin(syntax))
    assert np.array_equal(held.pixel_array, np.stack(slice_frames()))


def test_four_views_contradict_nothing_and_say_that_they_are_simulated(tmp_path: Path) -> None:
    views = [("L", "CC"), ("R", "CC"), ("L", "MLO"), ("R", "MLO")]
    files = [
        write_view(tmp_path / "study", side, view, number=number)
        for number, (side, view) in enumerate(views, 1)
    ]
    [study], left_out = read(tmp_path / "study")
    told = quality_of(study, left_out, edges_of(study)).facts
    assert [each.text for each in told if each.severity != "note"] == []
    assert "Tomosynthesis: LCC, RCC, LMLO, RMLO." in [each.text for each in told]
    assert all(is_simulated(dcmread(each, stop_before_pixels=True)) for each in files)
    assert "Simulated." in dcmread(files[0], stop_before_pixels=True).ImageComments


@pytest.mark.parametrize(
    "frames",
    [
        slice_frames()[:-1],
        [*slice_frames(), slice_frames()[0]],
        [*slice_frames()[:-1], slice_frames()[0][:, :-1]],
        [*slice_frames()[:-1], slice_frames()[0] + np.uint16(4096)],
        [*slice_frames()[:-1], slice_frames()[0].astype(np.int32)],
    ],
    ids=["too few", "too many", "another size", "more bits", "another type"],
)
@pytest.mark.parametrize("syntax", [uid.ExplicitVRLittleEndian, uid.RLELossless])
def test_other_frames_than_the_header_says_leave_no_file(
    tmp_path: Path, frames: list[Any], syntax: uid.UID
) -> None:
    with pytest.raises(ImageError, match="as the header says"):
        write_tomosynthesis(tmp_path / "a.dcm", EXAM, facts(), frames, syntax=syntax)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "changed", [{"view": "XX"}, {"heights_mm": ()}, {"windows": ((1, 2),) * 2}, {"bits": 8}]
)
def test_what_cannot_be_wrapped_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match="expected"):
        facts(**changed)


def test_a_lossy_transfer_syntax_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="RLE Lossless"):
        write_tomosynthesis(
            tmp_path / "a.dcm", EXAM, facts(), slice_frames(), syntax=uid.JPEGBaseline8Bit
        )


def test_a_folder_that_may_not_be_written_is_said(closed_folder: Path) -> None:
    with pytest.raises(StorageError, match="allow writing there"):
        write_tomosynthesis(closed_folder / "a.dcm", EXAM, facts(), slice_frames())

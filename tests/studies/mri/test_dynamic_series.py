"""The pixels of phases, as stored or rescaled, and what is refused before it costs memory."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from pydicom import Dataset, uid
from pydicom.encaps import encapsulate
from pydicom.pixels.encoders.base import get_encoder

from senoscope.domain.errors import SourceUnavailable
from senoscope.studies.mri.dynamic_series import MOST_VOXELS, dynamic_series_of, volume_of
from senoscope.studies.mri.phases import PhaseSet
from tests.studies.mri.phantoms import SHAPE, series
from tests.studies.mri.phase_files import ENHANCED, ONE, PER_PHASE, objects, table_of

SLICES = SHAPE[0]


def only_set(folder: Path, made: list[Dataset]) -> PhaseSet:
    (found,) = table_of(folder, made).sets
    return found


def test_slices_that_are_rescaled_each_in_its_own_way_are_what_they_say(tmp_path: Path) -> None:
    given = series()
    made = objects(given, ONE)
    for number, each in enumerate(made):
        each.RescaleSlope, each.RescaleIntercept = 1 + number / 200, 5
        values = np.frombuffer(each.PixelData, np.uint16) - 5.0
        each.PixelData = np.rint(values / float(each.RescaleSlope)).clip(0).astype("u2").tobytes()
    read = dynamic_series_of(only_set(tmp_path, made))
    assert read is not None
    assert {each.dtype for each in read.phases} == {np.dtype(np.float32)}
    for one, other in zip(read.phases, given.phases, strict=True):
        assert np.abs(one - np.maximum(other, 5.0)).max() <= 0.8


def test_a_rescaling_that_is_no_number_is_refused(tmp_path: Path) -> None:
    made = objects(series(), PER_PHASE)
    made[3].RescaleSlope, made[3].RescaleIntercept = 0, 0
    with pytest.raises(SourceUnavailable, match="Rescale Slope or Intercept that is no number"):
        dynamic_series_of(only_set(tmp_path, made))


def test_enhanced_frames_are_rescaled_each_in_its_own_way(tmp_path: Path) -> None:
    given = series()
    (made,) = objects(given, ENHANCED)
    del made.SharedFunctionalGroupsSequence[0].PixelValueTransformationSequence
    for number, frame in enumerate(made.PerFrameFunctionalGroupsSequence):
        item = Dataset()
        item.RescaleSlope, item.RescaleIntercept = 1 + number // SLICES, 0
        item.RescaleType = "US"
        frame.PixelValueTransformationSequence = [item]
    read = dynamic_series_of(only_set(tmp_path, [made]))
    assert read is not None
    for phase, (one, other) in enumerate(zip(read.phases, given.phases, strict=True), 1):
        np.testing.assert_array_equal(one, other * np.float32(phase))


@pytest.mark.parametrize(
    ("syntax", "plugin"), [(uid.RLELossless, "pydicom"), (uid.JPEGLSLossless, "pyjpegls")]
)
@pytest.mark.parametrize("layout", [PER_PHASE, ENHANCED])
def test_compressed_slices_are_decoded(
    tmp_path: Path, layout: str, syntax: uid.UID, plugin: str
) -> None:
    given = series()
    made = objects(given, layout)
    for each in made:
        count = int(each.get("NumberOfFrames", 1))
        frames = np.frombuffer(each.PixelData, np.uint16).reshape(count, *SHAPE[1:])
        coded = [_coded(frame, syntax, plugin) for frame in frames]
        each.file_meta.TransferSyntaxUID = syntax
        each.PixelData = encapsulate(coded)
        each["PixelData"].VR, each["PixelData"].is_undefined_length = "OB", True
    read = dynamic_series_of(only_set(tmp_path, made))
    assert read is not None
    assert all(map(np.array_equal, read.phases, given.phases))
    assert read.phases[0].dtype == np.uint16


def _coded(frame: np.ndarray, syntax: uid.UID, plugin: str) -> bytes:
    return get_encoder(syntax).encode(
        np.ascontiguousarray(frame),
        encoding_plugin=plugin,
        rows=frame.shape[0],
        columns=frame.shape[1],
        samples_per_pixel=1,
        number_of_frames=1,
        bits_allocated=16,
        bits_stored=16,
        pixel_representation=0,
        photometric_interpretation="MONOCHROME2",
    )


def test_a_damaged_slice_is_named(tmp_path: Path) -> None:
    made = objects(series(), PER_PHASE)
    for each in made:
        coded = _coded(
            np.frombuffer(each.PixelData, np.uint16).reshape(SHAPE[1:]), uid.RLELossless, "pydicom"
        )
        each.file_meta.TransferSyntaxUID = uid.RLELossless
        is_bad = each is made[43]
        each.PixelData = encapsulate([b"\x01" + b"\xff" * 99 if is_bad else coded])
        each["PixelData"].VR, each["PixelData"].is_undefined_length = "OB", True
    found = only_set(tmp_path, made)
    assert found.trouble == ""
    with pytest.raises(SourceUnavailable, match="of the study: its pixels are damaged"):
        dynamic_series_of(found)


def test_a_file_that_is_gone_is_said(tmp_path: Path) -> None:
    found = only_set(tmp_path, objects(series(), PER_PHASE))
    found.phases[1].slices[0].image.path.unlink()
    with pytest.raises(SourceUnavailable, match="is damaged, or gone"):
        dynamic_series_of(found)


def test_a_slice_that_is_looked_at_and_damaged_is_the_trouble_of_its_set(tmp_path: Path) -> None:
    made = objects(series(), PER_PHASE)
    for each in made[:SLICES]:
        each.PhotometricInterpretation = "MONOCHROME1"
    found = only_set(tmp_path, made)
    assert "it is no grey picture" in found.trouble
    assert not found.is_mendable


@pytest.mark.parametrize("layout", [PER_PHASE, ENHANCED])
def test_sizes_that_no_file_holds_cost_nothing(tmp_path: Path, layout: str) -> None:
    made = objects(series(), layout)
    for each in made:
        each.Rows = each.Columns = 65_000
    table = table_of(tmp_path, made)
    assert table.sets == ()
    assert "cut off" in table.left_out[0]


def test_coded_slices_that_announce_more_than_any_scanner_makes_are_refused(
    tmp_path: Path,
) -> None:
    made = objects(series(), PER_PHASE)
    for each in made:
        each.Rows = each.Columns = 65_000
        each.file_meta.TransferSyntaxUID = uid.RLELossless
        each.PixelData = encapsulate([b"\0" * 64])
        each["PixelData"].VR, each["PixelData"].is_undefined_length = "OB", True
    found = only_set(tmp_path, made)
    assert "which no MR image is" in found.trouble


def test_more_voxels_than_are_read_are_refused(tmp_path: Path) -> None:
    made = objects(series(), PER_PHASE)
    for each in made:
        each.Rows = each.Columns = 4096
        each.file_meta.TransferSyntaxUID = uid.RLELossless
        each.PixelData = encapsulate([b"\0" * 64])
        each["PixelData"].VR, each["PixelData"].is_undefined_length = "OB", True
    (found,) = table_of(tmp_path, made).sets
    assert found.trouble
    assert 5 * SLICES * 4096 * 4096 > MOST_VOXELS
    phases = tuple(replace(each, takes_part=True) for each in found.phases)
    whole = replace(found, trouble="", phases=phases)
    with pytest.raises(SourceUnavailable, match="expected at most"):
        dynamic_series_of(whole)
    with pytest.raises(SourceUnavailable, match="A volume of"):
        volume_of(found.phases[0].slices * 4)


def test_reading_stops_once_it_is_cancelled_and_tells_how_far_it_is(tmp_path: Path) -> None:
    found = only_set(tmp_path, objects(series(), PER_PHASE))
    told: list[float] = []
    stop = Event()

    def say(share: float, _words: str) -> None:
        told.append(share)
        if share >= 0.4:
            stop.set()

    assert dynamic_series_of(found, say, stop) is None
    assert told == [0.0, 0.2, 0.4]
    told.clear()
    assert dynamic_series_of(found, lambda share, _: told.append(share)) is not None
    assert told[-1] == 1.0


def test_another_volume_is_read_by_itself(tmp_path: Path) -> None:
    given = series()
    table = table_of(tmp_path, objects(given, ENHANCED, t2=given.phases[1]))
    np.testing.assert_array_equal(volume_of(table.others[0].slices), given.phases[1])


def test_signed_values_stay_signed(tmp_path: Path) -> None:
    made = objects(series(), PER_PHASE)
    for each in made:
        each.PixelRepresentation = 1
        values = np.frombuffer(each.PixelData, np.uint16).astype(np.int16)
        values[0] = -2
        each.PixelData = values.tobytes()
    read = dynamic_series_of(only_set(tmp_path, made))
    assert read is not None
    assert read.phases[0].dtype == np.int16
    assert read.phases[0].min() == -2

"""Stored values become what a display shows: Modality LUT, VOI, inversion, padding, colours."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import Dataset, dcmread
from pydicom.data import get_testdata_file
from pydicom.pixels import apply_modality_lut, convert_color_space

from senoscope.domain.errors import ImageError, SettingsError
from senoscope.studies.pixels.grey_scale import GreyScale, ShownRange

RAMP = np.arange(256, dtype=np.uint8).reshape(16, 16)
TWELVE = np.arange(4096, dtype=np.uint16).reshape(64, 64)


def header(bits: int = 8, signed: bool = False, **attributes: Any) -> Dataset:
    dataset = Dataset()
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.SamplesPerPixel = 1
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = (
        8 if bits <= 8 else 16,
        bits,
        bits - 1,
    )
    dataset.PixelRepresentation = int(signed)
    for name, value in attributes.items():
        setattr(dataset, name, value)
    return dataset


def table(entries: list[int], first: int = 0, bits: int = 16) -> Dataset:
    item = Dataset()
    item.add_new("LUTDescriptor", "US", [len(entries) % 65536, first, bits])
    item.add_new("LUTData", "US", entries)
    return item


def shade(value: float, centre: float, width: float, function: str) -> float:
    """PS3.3 C.11.2.1.2 and C.11.2.1.3, as they are written there."""
    if function == "SIGMOID":
        return 1 / (1 + math.exp(min(-4 * (value - centre) / width, 700)))
    if function == "LINEAR":
        if value <= centre - 0.5 - (width - 1) / 2:
            return 0.0
        if value > centre - 0.5 + (width - 1) / 2:
            return 1.0
        return (value - (centre - 0.5)) / (width - 1) + 0.5
    if value <= centre - width / 2:
        return 0.0
    return 1.0 if value > centre + width / 2 else (value - centre) / width + 0.5


@pytest.mark.parametrize("function", ["LINEAR", "LINEAR_EXACT", "SIGMOID"])
@pytest.mark.parametrize(("centre", "width"), [(128, 256), (100.5, 33), (2048, 4096), (40, 1)])
def test_a_window_is_the_standard_s_formula(function: str, centre: float, width: float) -> None:
    dataset = header(12, WindowCenter=centre, WindowWidth=width, VOILUTFunction=function)
    shown = GreyScale.of(dataset).display(TWELVE)
    expected = [
        round(255 * shade(each, centre, width, function)) for each in TWELVE.ravel().tolist()
    ]
    assert np.abs(shown.ravel().astype(int) - expected).max() <= 1
    assert (np.diff(shown.ravel().astype(int)) >= 0).all()


def test_the_modality_lut_comes_before_the_window_and_inversion_after() -> None:
    dataset = header(12, RescaleSlope=2, RescaleIntercept=-1000, WindowCenter=40, WindowWidth=400)
    scale = GreyScale.of(dataset)
    units = scale.stored_to_modality(TWELVE)
    assert np.array_equal(units, TWELVE * 2.0 - 1000)
    expected = [round(255 * shade(each, 40, 400, "LINEAR")) for each in units.ravel().tolist()]
    shown = scale.display(TWELVE)
    assert np.abs(shown.ravel().astype(int) - expected).max() <= 1
    dataset.PhotometricInterpretation = "MONOCHROME1"
    assert np.array_equal(GreyScale.of(dataset).display(TWELVE), 255 - shown)


def test_inverse_presentation_inverts_once_and_a_contradiction_is_told() -> None:
    plain = GreyScale.of(header()).display(RAMP)
    for photometric, shape, contradicts in (
        ("MONOCHROME2", "INVERSE", True),
        ("MONOCHROME1", "INVERSE", False),
        ("MONOCHROME1", "IDENTITY", True),
    ):
        dataset = header(PhotometricInterpretation=photometric, PresentationLUTShape=shape)
        scale = GreyScale.of(dataset)
        assert (scale.inverts, scale.contradicts_itself) == (True, contradicts)
        assert np.array_equal(scale.display(RAMP), 255 - plain)


def test_several_windows_are_named_and_chosen() -> None:
    dataset = header(12, WindowCenter=[1000, 3000], WindowWidth=[500, 800])
    dataset.WindowCenterWidthExplanation = ["NORMAL", ""]
    assert GreyScale.of(dataset).names == ("NORMAL", "window 2")
    first, second = (GreyScale.of(dataset, voi=place).display(TWELVE) for place in (0, 1))
    assert second.mean() < first.mean()
    with pytest.raises(SettingsError, match="VOI 2 was asked for; the image has 2"):
        GreyScale.of(dataset, voi=2)


def test_a_voi_lut_is_followed_and_holds_beyond_its_ends() -> None:
    dataset = header(8)
    dataset.VOILUTSequence = [table([0, 1000, 65535], first=100)]
    shown = GreyScale.of(dataset).display(RAMP).ravel()
    assert (shown[:101] == 0).all()
    assert shown[101] == round(255 * 1000 / 65535)
    assert (shown[102:] == 255).all()
    dataset = header(16)
    dataset.VOILUTSequence = [table([0, 65535], first=40000)]
    assert GreyScale.of(dataset).display(np.array([[39000, 40001]])).tolist() == [[0, 255]]


def test_a_modality_lut_gives_its_entries() -> None:
    dataset = header(8)
    dataset.ModalityLUTSequence = [table([5, 7, 40], first=1)]
    units = GreyScale.of(dataset).stored_to_modality(RAMP).ravel()
    assert units[:5].tolist() == [5, 5, 7, 40, 40]


def test_signed_values_and_bits_above_those_stored() -> None:
    pixels = np.array([[-2048, -1], [0, 2047]], np.int16)
    scale = GreyScale.of(header(12, signed=True))
    assert np.array_equal(scale.stored_to_modality(pixels), pixels)
    # An overlay in the unused high bits.
    assert np.array_equal(scale.stored_to_modality(pixels.astype(np.uint16) & 0x0FFF), pixels)
    assert scale.display(pixels).ravel().tolist() == [0, 127, 128, 255]


def test_without_a_voi_it_is_said_where_black_and_white_come_from() -> None:
    eight, twelve = GreyScale.of(header(8)), GreyScale.of(header(12))
    assert eight.shown_range is ShownRange.POSSIBLE
    assert np.array_equal(eight.display(RAMP), RAMP)
    assert twelve.shown_range is ShownRange.FRAME
    shown = twelve.display(TWELVE // 4 + 100)
    assert (shown.min(), shown.max()) == (0, 255)


def test_padding_is_black_and_no_part_of_the_range() -> None:
    dataset = header(12, PhotometricInterpretation="MONOCHROME1", PixelPaddingValue=0)
    pixels = TWELVE // 8 + 100
    pixels[0, 0] = 0
    shown = GreyScale.of(dataset).display(pixels).ravel()
    assert shown[0] == 0, "inverted, the lowest would be white"
    assert shown[1] == 255, "the lowest that is no padding"
    dataset.PixelPaddingRangeLimit = 100
    assert (GreyScale.of(dataset).display(pixels)[pixels <= 100] == 0).all()


def test_a_frame_s_own_window_goes_before_the_shared_one() -> None:
    def groups(centre: float) -> Dataset:
        window, group = Dataset(), Dataset()
        window.WindowCenter, window.WindowWidth = centre, 100
        group.FrameVOILUTSequence = [window]
        return group

    dataset = header(12, NumberOfFrames=2)
    dataset.SharedFunctionalGroupsSequence = [groups(1000)]
    dataset.PerFrameFunctionalGroupsSequence = [groups(3000), Dataset()]
    own, shared = (GreyScale.of(dataset, frame=place).display(TWELVE) for place in (0, 1))
    assert own.ravel()[2000] == 0
    assert shared.ravel()[2000] == 255
    with pytest.raises(SettingsError, match="Frame 2 was asked for; the image has 2"):
        GreyScale.of(dataset, frame=2)


@pytest.mark.parametrize(
    "wrong",
    [
        {"WindowCenter": 1, "WindowWidth": 0.5},
        {"WindowCenter": 1, "WindowWidth": 0, "VOILUTFunction": "SIGMOID"},
        {"WindowCenter": [1, 2], "WindowWidth": 4},
        {"WindowCenter": 1, "WindowWidth": 4, "VOILUTFunction": "CUBIC"},
        {"RescaleSlope": 2},
        {"PresentationLUTShape": "UPSIDE"},
        {"PhotometricInterpretation": "CMYK"},
        {"BitsAllocated": 32, "BitsStored": 32, "HighBit": 31},
        {"HighBit": 11},
        {"RescaleSlope": 2, "RescaleIntercept": float("nan")},
        {"RescaleIntercept": 2},
        {"PhotometricInterpretation": "RGB"},
        {"SamplesPerPixel": 3},
        {"PhotometricInterpretation": "RGB", "SamplesPerPixel": 3, "PixelRepresentation": 1},
        {"PhotometricInterpretation": "YBR_FULL", "SamplesPerPixel": 3, "BitsStored": 7,
         "HighBit": 6},
    ],
)  # fmt: skip
def test_what_cannot_be_followed_is_refused_in_words(wrong: dict[str, Any]) -> None:
    with pytest.raises(ImageError, match="xpected"):
        GreyScale.of(header(**wrong))


def test_ybr_becomes_red_green_and_blue_as_pydicom_has_it() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (20, 20, 3), np.uint8)
    dataset = header(PhotometricInterpretation="YBR_FULL", SamplesPerPixel=3)
    theirs = convert_color_space(pixels, "YBR_FULL", "RGB")
    ours = GreyScale.of(dataset).display(pixels)
    assert np.abs(ours.astype(int) - theirs).max() <= 1


def local(name: str) -> Dataset:
    found = get_testdata_file(name, download=False)
    assert found is not None, f"{name} came with pydicom"
    return dcmread(str(found))


@pytest.mark.parametrize(
    "name",
    ["CT_small.dcm", "MR_small.dcm", "MR_small_bigendian.dcm", "MR_small_implicit.dcm",
     "MR_small_RLE.dcm", "MR_small_padded.dcm"],
)  # fmt: skip
def test_files_of_pydicom_s_wheel_agree_with_an_independent_computation(name: str) -> None:
    dataset = local(name)
    pixels = dataset.pixel_array
    scale = GreyScale.of(dataset)
    units = scale.stored_to_modality(pixels)
    assert np.allclose(units, apply_modality_lut(pixels, dataset))
    shown = scale.display(pixels).ravel().astype(int)
    if scale.shown_range is ShownRange.VOI:
        centre, width = float(dataset.WindowCenter), float(dataset.WindowWidth)
        expected = [255 * shade(each, centre, width, "LINEAR") for each in units.ravel().tolist()]
    else:
        low, high = float(units.min()), float(units.max())
        expected = (255 * (units.ravel() - low) / (high - low)).tolist()
    assert np.abs(shown - np.array(expected)).max() <= 0.51


def test_the_public_mammograms_are_shown_as_an_independent_computation_shows_them(
    public_data: Path,
) -> None:
    files = sorted((public_data / "mammography-dicom").glob("*.dcm"))
    assert len(files) == 3
    for file in files:
        dataset = dcmread(file)
        pixels = dataset.pixel_array
        scale = GreyScale.of(dataset)
        shown = scale.display(pixels)
        assert shown.shape == pixels.shape
        units = scale.stored_to_modality(pixels)
        order = np.argsort(units, axis=None, kind="stable")
        steps = np.diff(shown.ravel()[order].astype(int))
        sign = -1 if scale.inverts else 1
        assert (sign * steps >= 0).all(), file.name
        assert np.ptp(shown) > 100


def test_a_table_with_too_few_entries_is_refused() -> None:
    dataset = header(8)
    dataset.VOILUTSequence = [table([1, 2, 3])]
    dataset.VOILUTSequence[0].LUTDescriptor = [400, 0, 16]
    with pytest.raises(ImageError, match="holds 3 entries; expected the 400"):
        GreyScale.of(dataset)


@pytest.mark.parametrize("photometric", ["RGB", "YBR_ICT", "YBR_RCT"])
def test_red_green_and_blue_are_shown_as_they_are(photometric: str) -> None:
    pixels = np.random.default_rng(2).integers(0, 256, (20, 20, 3), np.uint8)
    dataset = header(PhotometricInterpretation=photometric, SamplesPerPixel=3)
    scale = GreyScale.of(dataset)
    assert np.array_equal(scale.display(pixels), pixels)
    with pytest.raises(ImageError, match="Modality values were asked of an image in"):
        scale.stored_to_modality(pixels)
    for frame, voi in ((0, 1), (1, 0), (-1, 0), (0, -1)):
        with pytest.raises(SettingsError, match="was asked for; the image has"):
            GreyScale.of(dataset, frame, voi)


def test_functional_groups_for_fewer_frames_and_a_supplemental_palette_are_refused() -> None:
    two = header(NumberOfFrames=2, PerFrameFunctionalGroupsSequence=[Dataset()])
    with pytest.raises(ImageError, match="has 2 frames, and functional groups for 1"):
        GreyScale.of(two, frame=1)
    for presentation in ("COLOR", "MIXED"):
        with pytest.raises(ImageError, match=f"Pixel Presentation is {presentation}"):
            GreyScale.of(header(PixelPresentation=presentation))


def test_a_frame_that_is_all_padding_is_black() -> None:
    dataset = header(12, PhotometricInterpretation="MONOCHROME1", PixelPaddingValue=7)
    assert not GreyScale.of(dataset).display(np.full((4, 4), 7, np.uint16)).any()


def test_of_several_items_of_a_group_the_first_is_followed_and_an_empty_value_is_none() -> None:
    empty, first, second, group = Dataset(), Dataset(), Dataset(), Dataset()
    empty.WindowCenter = None
    first.RescaleSlope, first.RescaleIntercept = 2, 1
    second.WindowCenter, second.WindowWidth = 1000, 100
    group.PixelValueTransformationSequence = [first]
    group.FrameVOILUTSequence = [empty, second]
    dataset = header(12, SharedFunctionalGroupsSequence=[group], WindowCenter=4000, WindowWidth=100)
    scale = GreyScale.of(dataset)
    assert scale.stored_to_modality(TWELVE).ravel()[:3].tolist() == [1, 3, 5]
    shown = scale.display(TWELVE).ravel()
    assert (shown[1900], shown[2100]) == (0, 255)

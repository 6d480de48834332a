"""What headers of manufacturers say an MR image is of."""

from __future__ import annotations

import pytest
from pydicom import Dataset

from senoscope.studies.images.mri_header import CLASSIC, MriHeader
from senoscope.studies.images.mri_kind import MriKind


def header(description: str = "", types: str = "ORIGINAL\\PRIMARY\\M", **said: object) -> MriHeader:
    made = Dataset()
    made.SOPClassUID, made.SeriesDescription = CLASSIC, description
    made.ImageType = types.split("\\")
    for keyword, value in said.items():
        setattr(made, keyword, value)
    found = MriHeader.of(made)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("description", "types", "kind"),
    [
        ("t1_fl3d_tra dynaVIEWS_1+6", "ORIGINAL\\PRIMARY\\M\\NORM\\DIS2D", MriKind.RAW),
        ("Sag VIBRANT MPH", "ORIGINAL\\PRIMARY\\OTHER", MriKind.RAW),
        ("dyn THRIVE", "ORIGINAL\\PRIMARY\\M_FFE\\M\\FFE", MriKind.RAW),
        ("Ph1/Ax Vibrant Subtraction", "ORIGINAL\\PRIMARY\\OTHER", MriKind.SUBTRACTION),
        ("t1_fl3d_dyna_SUB", "DERIVED\\PRIMARY\\M\\NORM", MriKind.SUBTRACTION),
        ("t1_fl3d_dyna", "DERIVED\\PRIMARY\\M\\SUB", MriKind.SUBTRACTION),
        ("sub_mip_2", "DERIVED\\SECONDARY\\PROJECTION IMAGE", MriKind.PROJECTION),
        ("t1 MIP", "DERIVED\\SECONDARY", MriKind.PROJECTION),
        ("t1_fl3d_MOCO", "DERIVED\\PRIMARY\\M", MriKind.MOTION_CORRECTED),
        ("dyn", "DERIVED\\PRIMARY\\M\\MOCO", MriKind.MOTION_CORRECTED),
        ("ax t2 stir", "ORIGINAL\\PRIMARY\\M", MriKind.T2),
        ("ep2d_diff_b50_800", "ORIGINAL\\PRIMARY\\DIFFUSION\\NONE", MriKind.DIFFUSION),
        ("ep2d_diff_ADC", "DERIVED\\PRIMARY\\DIFFUSION\\ADC", MriKind.ADC),
        ("3-plane loc", "ORIGINAL\\PRIMARY\\OTHER", MriKind.LOCALISER),
        ("t1_mpr_cor", "DERIVED\\SECONDARY\\MPR", MriKind.DERIVED),
        ("wash-in map", "DERIVED\\SECONDARY", MriKind.DERIVED),
        ("local coil subject 3", "ORIGINAL\\PRIMARY\\M", MriKind.RAW),
    ],
)
def test_kinds_of_images(description: str, types: str, kind: MriKind) -> None:
    assert header(description, types).kind is kind


def test_long_times_are_of_t2_and_b_values_of_diffusion() -> None:
    assert header(EchoTime=90, RepetitionTime=4000).kind is MriKind.T2
    assert header(EchoTime=2.4, RepetitionTime=5).kind is MriKind.RAW
    assert header(DiffusionBValue=800.0).kind is MriKind.DIFFUSION
    assert header(DiffusionBValue=0.0).kind is MriKind.RAW


@pytest.mark.parametrize(
    ("description", "said", "expected"),
    [
        ("t1 fs", {}, True),
        ("t1", {"ScanOptions": ["PFP", "FS"]}, True),
        ("t1", {"ScanOptions": "PFP"}, None),
        ("t1 non fat sat", {"ScanOptions": "FS"}, False),
        ("t1 wo fs", {}, False),
        ("offset", {}, None),
        ("t1", {"SpectrallySelectedSuppression": "FAT"}, True),
        ("t1 fs", {"SpectrallySelectedSuppression": "NONE"}, False),
        (
            "t1",
            {
                "SpectrallySelectedSuppression": "NONE",
                "SpectrallySelectedExcitation": "WATER",
            },
            True,
        ),
    ],
)
def test_fat_suppression(description: str, said: dict[str, object], expected: bool | None) -> None:
    assert header(description, **said).fat_suppressed is expected


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("t1 pre", True),
        ("Ax PRE-CONTRAST", True),
        ("dyn pregad", True),
        ("t1 nativ", True),
        ("prepared", False),
        ("spatial presat", False),
        ("post 1", False),
    ],
)
def test_words_for_before_contrast(description: str, expected: bool) -> None:
    assert header(description).says_pre is expected


@pytest.mark.parametrize(
    ("agent", "expected"), [("Gadavist", True), ("", False), ("NONE", False), ("no", False)]
)
def test_an_agent_that_is_named(agent: str, expected: bool) -> None:
    assert header(ContrastBolusAgent=agent).contrast is expected


@pytest.mark.parametrize(
    ("said", "side"),
    [
        ({"Laterality": "L"}, "L"),
        ({"Laterality": "R", "ImageLaterality": "L"}, "L"),
        ({"SeriesDescription": "sag left"}, "L"),
        ({"SeriesDescription": "Rt breast"}, "R"),
        ({"SeriesDescription": "bilateral"}, "B"),
        ({"SeriesDescription": "left and right"}, ""),
        ({"SeriesDescription": "alright"}, ""),
    ],
)
def test_sides(said: dict[str, object], side: str) -> None:
    assert header(**said).side == side


def test_no_text_of_the_header_is_kept() -> None:
    found = header("JANE DOE post", ContrastBolusAgent="Doe's agent", ScanOptions="DOE")
    assert "doe" not in repr(found).lower()


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ({"AcquisitionTime": "101530.5"}, 36_930.5),
        ({"AcquisitionTime": "10:15:30"}, 36_930.0),
        ({"AcquisitionTime": "1015"}, 36_900.0),
        ({"AcquisitionTime": "256199"}, None),
        ({"AcquisitionTime": "noon"}, None),
        ({}, None),
    ],
)
def test_times_of_the_day(said: dict[str, object], seconds: float | None) -> None:
    assert header(**said).acquired_s == seconds


def test_date_and_time_are_one_clock() -> None:
    first = header(AcquisitionDate="20251231", AcquisitionTime="235930").acquired_s
    later = header(AcquisitionDateTime="20260101000030.25+0100").acquired_s
    assert first is not None
    assert later is not None
    assert later - first == 60.25

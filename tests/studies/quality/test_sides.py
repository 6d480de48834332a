from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import Dataset, dcmread, uid

from senoscope.studies.quality.study_quality import quality_of
from senoscope.studies.quality.tissue_edge import edges_of
from tests.studies.dicom_files import compressed, write
from tests.studies.mammograms import MOST, breast, mammogram, raw
from tests.studies.study_builders import folder_of, read

OTHER = {"L": "R", "R": "L"}
WORDS = {"L": "left", "R": "right"}
HANGING = {"L": ["A", "R"], "R": ["P", "L"]}
"""From above, as a display hangs them."""


def verdicts(tmp_path: Path, header: Dataset) -> list[str]:
    """What is said of the side of a study of this one file."""
    return verdicts_at(write(tmp_path / "one", header))


def verdicts_at(path: Path) -> list[str]:
    ((study,), _) = read(path)
    plain = set(quality_of(study).facts)
    told = quality_of(study, edges=edges_of(study)).facts
    return [f"{each.severity}: {each.text}" for each in told if each not in plain]


@pytest.mark.parametrize("side", ["L", "R"])
@pytest.mark.parametrize("made", [mammogram, raw])
@pytest.mark.parametrize("orientation", [False, True])
def test_a_side_that_the_pixels_bear_out_is_passed_over(
    tmp_path: Path, side: str, made: Any, orientation: bool
) -> None:
    header = made(side, PatientOrientation=HANGING[side] if orientation else None)
    assert verdicts(tmp_path, header) == []


@pytest.mark.parametrize("side", ["L", "R"])
@pytest.mark.parametrize("made", [mammogram, raw])
def test_a_side_that_they_deny_is_a_fault(tmp_path: Path, side: str, made: Any) -> None:
    header = made(side, ImageLaterality=OTHER[side])
    assert verdicts(tmp_path, header) == [
        f"fault: A series of MG says {WORDS[OTHER[side]]}, but the breast lies at the edge of a "
        f"{WORDS[side]} one."
    ]


def test_air_that_is_stored_bright_is_air_still(tmp_path: Path) -> None:
    inverted = MOST - breast()
    for changed in (
        {"PhotometricInterpretation": "MONOCHROME1"},
        {"PresentationLUTShape": "INVERSE"},
    ):
        assert verdicts(tmp_path, mammogram("L", picture=inverted, **changed)) == []
        (line,) = verdicts(tmp_path, mammogram("R", picture=inverted, **changed))
        assert line.startswith("fault: A series of MG says right, but the breast lies")


@pytest.mark.parametrize(
    ("photometric", "sign", "air_is_bright"),
    [("MONOCHROME1", -1, False), ("MONOCHROME2", 1, True), ("MONOCHROME2", -1, False)],
)
def test_raw_values_go_by_the_sign_of_their_relation_to_the_rays(
    tmp_path: Path, photometric: str, sign: int, air_is_bright: bool
) -> None:
    stored = breast() if air_is_bright else MOST - breast()
    said = {"PhotometricInterpretation": photometric, "PixelIntensityRelationshipSign": sign}
    assert verdicts(tmp_path, raw("L", stored, **said)) == []
    assert verdicts(tmp_path, raw("R", stored, **said))[0].startswith("fault: ")


def test_signed_and_8_bit_pixels(tmp_path: Path) -> None:
    signed = (breast().astype(np.int16) - 2048).view(np.uint16) & 0x0FFF
    said = {"PixelRepresentation": 1, "WindowCenter": 0}
    assert verdicts(tmp_path, mammogram("L", picture=signed, **said)) == []
    assert len(verdicts(tmp_path, mammogram("R", picture=signed, **said))) == 1
    eight = (breast() >> 4).astype(np.uint8)
    said = {"BitsAllocated": 8, "BitsStored": 8, "HighBit": 7, "WindowCenter": 128}
    said |= {"WindowWidth": 256, "PixelData": eight.tobytes()}
    assert verdicts(tmp_path, mammogram("L", **said)) == []
    assert len(verdicts(tmp_path, mammogram("R", **said))) == 1


@pytest.mark.parametrize(
    ("side", "orientation", "says"),
    [
        ("L", ["P", "L"], "and by PatientOrientation (P/L) the breast lies at the right edge"),
        ("R", ["A", "R"], "says right, but the breast lies at the edge of a left one; its"),
        ("R", ["P", "L"], "and by PatientOrientation (P/L) the breast lies at the right edge"),
        ("R", ["A", "F"], "says right, but the breast lies at the edge of a left one; its"),
    ],
)
def test_an_orientation_that_the_pixels_deny_or_that_is_of_the_other_side(
    tmp_path: Path, side: str, orientation: list[str], says: str
) -> None:
    header = mammogram(side, picture=breast(), PatientOrientation=orientation)
    (line,) = verdicts(tmp_path, header)
    assert line.startswith("fault: ")
    assert says in line


@pytest.mark.parametrize(
    ("view", "orientation"),
    [("CC", ["A", "L"]), ("MLO", ["A", "FL"]), ("MLO", ["A", "HR"]), ("ML", ["A", "H"])],
)
def test_a_right_breast_that_says_that_it_is_mirrored_or_turned(
    tmp_path: Path, view: str, orientation: list[str]
) -> None:
    header = mammogram("R", view, breast(), PatientOrientation=orientation)
    (line,) = verdicts(tmp_path, header)
    assert line == (
        "note: A series of MG is stored mirrored or turned, as its PatientOrientation "
        f"({'/'.join(orientation)}) says: the breast lies at the left edge."
    )


def test_what_may_be_so_by_intent_is_a_caution(tmp_path: Path) -> None:
    unturned = raw("R", breast(), PatientOrientation=["A", "R"])
    assert verdicts(tmp_path, unturned)[0].startswith("caution: A series of MG says right, but")
    flipped = mammogram("R", picture=breast(), FieldOfViewHorizontalFlip="YES")
    assert "it was flipped (FieldOfViewHorizontalFlip)" in verdicts(tmp_path, flipped)[0]
    assert verdicts(tmp_path, flipped)[0].startswith("caution: ")
    not_so = mammogram("R", picture=breast(), FieldOfViewHorizontalFlip="NO")
    assert verdicts(tmp_path, not_so)[0].startswith("fault: ")


def test_a_picture_on_its_side_is_not_judged_by_its_orientation(tmp_path: Path) -> None:
    turned = np.rot90(breast())
    header = mammogram("L", picture=turned, PatientOrientation=["R", "P"])
    (line,) = verdicts(tmp_path, header)
    assert line.startswith("note: A series of MG does not show at which edge the breast lies")


def test_those_that_are_not_of_one_side_are_not_decoded(tmp_path: Path) -> None:
    several = [
        mammogram("B", picture=breast(), number=1),
        mammogram(None, picture=breast(), number=2),
        mammogram("R", picture=breast(), number=3, Modality="MG", NumberOfFrames=2),
        mammogram("R", picture=breast(), number=4, SOPClassUID=uid.SecondaryCaptureImageStorage),
    ]
    ((study,), _) = read(folder_of(tmp_path / "s", *several))
    assert edges_of(study) == ()


def test_pixels_that_do_not_decode_are_told(tmp_path: Path) -> None:
    header = compressed(mammogram(), [b"no picture"], uid.JPEG2000Lossless)
    (line,) = verdicts(tmp_path, header)
    assert line.startswith("caution: A series of MG has pixels that cannot be decoded, so that")


def test_only_the_images_meant_are_named(tmp_path: Path) -> None:
    folder = folder_of(
        tmp_path / "s", mammogram(number=1), mammogram("R", picture=breast(), number=2)
    )
    ((study,), _) = read(folder)
    (fault,) = [
        each for each in quality_of(study, (), edges_of(study)).facts if each.severity == "fault"
    ]
    assert fault.places == (2,)


@pytest.mark.parametrize("cut", [0.2, 0.5, 0.9])
def test_damaged_files_end_in_a_line(tmp_path: Path, cut: float) -> None:
    draw = np.random.default_rng(3)
    whole = bytearray(write(tmp_path / "whole", mammogram()).read_bytes())
    for number in range(60):
        mutant = bytearray(whole)
        for place in draw.integers(132, 1500, 4):
            mutant[place] = int(draw.integers(256))
        path = tmp_path / f"mutant{number}"
        path.write_bytes(mutant[: int(len(mutant) * (cut if number % 3 == 0 else 1))])
        studies, left_out = read(path)
        for study in studies:
            assert str(quality_of(study, left_out, edges_of(study)))


def test_the_public_mammogram_lies_as_it_says(public_data: Path, tmp_path: Path) -> None:
    path = public_data / "mammography-dicom" / "GH133.dcm"
    assert verdicts_at(path) == []
    header = dcmread(path)
    header.ImageLaterality = "L"
    (line,) = verdicts(tmp_path, header)
    assert "fault: A series of MG says left, but the breast lies at the edge of a right" in line
    header.ImageLaterality, header.PatientOrientation = "R", ["A", "FL"]
    (line,) = verdicts(tmp_path, header)
    assert "by PatientOrientation (A/FL) the breast lies at the left edge, but it lies at" in line

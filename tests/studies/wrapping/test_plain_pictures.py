"""Plain pictures of mammograms, wrapped."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from pydicom import dcmread

from senoscope.domain.errors import ImageError, SettingsError, StorageError
from senoscope.domain.mammogram import Laterality
from senoscope.domain.spacing import PixelSpacing
from senoscope.models.programmed.mammography.breast import Edge
from senoscope.studies.modes.mammography import Mammography
from senoscope.studies.wrapping import plain_pictures
from senoscope.studies.wrapping.plain_pictures import (
    named_views,
    read_plain_picture,
    write_wrapped_exam,
)
from tests.studies.mammograms import breast
from tests.studies.results.conformance import dciodvfy_errors
from tests.studies.study_builders import read

LEFT = Laterality.LEFT


def written(path: Path, picture: np.ndarray) -> Path:
    assert cv2.imwrite(str(path), picture)
    return path


def eight_bits() -> np.ndarray:
    return np.asarray(breast() >> 4, np.uint8)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("L-CC.png", ("L", "CC")),
        ("R_MLO.jpg", ("R", "MLO")),
        ("case 12 left mlo.png", ("L", "MLO")),
        ("0042_RIGHT_CC.dcm.png", ("R", "CC")),
        ("rml.png", ("R", "ML")),
    ],
)
def test_a_name_says_side_and_view(name: str, said: tuple[str, str]) -> None:
    assert named_views(Path(name)) == said


@pytest.mark.parametrize("name", ["sample_A1.jpg", "CC.png", "total_cc.png", "lccx.png", "L.png"])
def test_a_name_that_does_not_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match="--laterality"):
        named_views(Path(name))


@pytest.mark.parametrize(("ending", "is_lossy"), [("png", False), ("jpg", True)])
def test_what_is_wrapped_conforms_and_is_read(tmp_path: Path, ending: str, is_lossy: bool) -> None:
    path = written(tmp_path / f"L-CC.{ending}", eight_bits())
    picture = read_plain_picture(path, LEFT, "CC")
    assert (picture.is_lossy, picture.edge) == (is_lossy, Edge.LEFT)
    write_wrapped_exam(tmp_path / "out", [picture], PixelSpacing(0.1, 0.1), "P1")
    [file] = (tmp_path / "out").iterdir()
    assert dciodvfy_errors(file) == []
    header = dcmread(file)
    assert (header.ImageLaterality, header.ViewPosition, header.PatientID) == ("L", "CC", "P1")
    assert np.array_equal(header.pixel_array, picture.pixels)
    [study], _ = read(tmp_path / "out")
    reading = Mammography().read(study)
    assert reading is not None
    cautions = {each.word for each in reading.images[0].facts if each.name == "caution"}
    assert cautions == {"eight_bits", "lossy"} if is_lossy else {"eight_bits"}


def test_sixteen_bits_stay_sixteen(tmp_path: Path) -> None:
    picture = read_plain_picture(written(tmp_path / "a.png", breast()), LEFT, "CC")
    write_wrapped_exam(tmp_path / "out", [picture], None, "P1")
    header = dcmread(next((tmp_path / "out").iterdir()))
    assert header.BitsStored == 12
    assert np.array_equal(header.pixel_array, breast())
    assert "ImagerPixelSpacing" not in header


def test_the_same_pictures_have_the_same_identity(tmp_path: Path) -> None:
    picture = read_plain_picture(written(tmp_path / "a.png", eight_bits()), LEFT, "CC")
    uids = []
    for name in ("one", "two"):
        write_wrapped_exam(tmp_path / name, [picture], None, "P1")
        uids.append(dcmread(next((tmp_path / name).iterdir())).SOPInstanceUID)
    assert uids[0] == uids[1]


def test_one_that_lies_as_the_other_side_is_known_and_can_be_mirrored(tmp_path: Path) -> None:
    path = written(tmp_path / "a.png", eight_bits()[:, ::-1])
    picture = read_plain_picture(path, LEFT, "CC")
    assert picture.lies_as_other_side
    hung = picture.hung()
    assert not hung.lies_as_other_side
    assert np.array_equal(hung.pixels, eight_bits())
    write_wrapped_exam(tmp_path / "out", [hung], None, "P1")
    said = dcmread(next((tmp_path / "out").iterdir())).DerivationDescription
    assert "Mirrored" in said
    assert hung.hung() is hung


def test_one_that_lies_on_its_side_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "a.png", np.rot90(eight_bits()))
    with pytest.raises(ImageError, match=r"bottom edge.*Turn the picture"):
        read_plain_picture(path, LEFT, "CC")


def test_what_is_no_picture_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"no picture")
    with pytest.raises(ImageError, match="no picture"):
        read_plain_picture(path, LEFT, "CC")


def test_one_too_large_is_refused_before_it_is_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "a.png", eight_bits())
    monkeypatch.setattr(plain_pictures, "MOST_PIXELS", 1000)
    monkeypatch.setattr(plain_pictures, "stored_grey", lambda _: pytest.fail("was decoded"))
    with pytest.raises(ImageError, match="1000 in all"):
        read_plain_picture(path, LEFT, "CC")


def test_where_it_cannot_be_written_nothing_is_left(tmp_path: Path) -> None:
    picture = read_plain_picture(written(tmp_path / "a.png", eight_bits()), LEFT, "CC")
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="cannot be written"):
        write_wrapped_exam(tmp_path / "file" / "out", [picture], None, "P1")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.png", "file"]

"""A site's CSV is read as it is meant, or refused by its line, and no message names a patient."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import cv2
import numpy as np
import pytest

from senoscope.domain.errors import DataSetError
from senoscope.domain.frame import Gray
from senoscope.domain.reading import Reading
from senoscope.models.reader import UltrasoundReader
from senoscope.ui.commands.reviewed_cases import LookedAt, look_at, read_cases
from tests import builders

SECRET = "Doe Jane 1970"
BOXED = "patient,image,malignant,left,top,width,height\n"


class MeanReader:
    """Stands in for the reader: the logit is the mean grey level of the box.

    Finds a lesion where the picture's first pixel is not black.
    """

    @property
    def classifier(self) -> MeanReader:
        return self

    def read(self, pixels: Gray, frame_index: int) -> Reading:
        return builders.reading(0, (builders.finding(),) if pixels[0, 0] else ())

    def logit(self, pixels: Gray, box: tuple[float, float, float, float]) -> float:
        left, top, right, bottom = (round(each) for each in box)
        return float(pixels[top : bottom + 1, left : right + 1].mean())


def looked_at(path: Path) -> list[LookedAt]:
    return list(look_at(read_cases(path), cast(UltrasoundReader, MeanReader())))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With grey.png, an even 40, other.png, 41 under `SECRET`, and black.png without a lesion."""
    (tmp_path / SECRET).mkdir()
    for name, level in (("grey.png", 40), (f"{SECRET}/other.png", 41), ("black.png", 0)):
        picture = np.full((96, 128), level, np.uint8)
        picture[10:20, 30:50] = 200
        cv2.imwrite(str(tmp_path / name), picture)
    return tmp_path


def csv(folder: Path, text: str | bytes) -> Path:
    path = folder / "cases.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_boxes_are_taken_to_the_pixel_and_other_lesions_are_found(folder: Path) -> None:
    path = csv(
        folder,
        "﻿Image, malignant,note,patient,left,top,width,height\r\n"
        f'grey.png,1,"a, b",{SECRET},30,10,20,10\r\n'
        "\r\n"
        f"grey.png,0,,{SECRET},60,40,20,10\r\n"
        f"{SECRET}/other.png,1,,x,,,,\r\n"
        "black.png,0,,y,,,,\r\n",
    )
    found = looked_at(path)
    assert [each.logit for each in found[:2]] == [200, 40]
    assert found[2].logit is not None
    assert found[3].logit is None
    assert [each.case.malignant for each in found] == [True, False, True, False]
    assert [each.case.line for each in found] == [2, 4, 5, 6]
    assert found[0].case.patient == found[1].case.patient == SECRET
    assert SECRET not in repr(found)


ROW = f"{SECRET},grey.png,1"
HEAD = "patient,image,malignant\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Line 1.*'patient' is there 0 times"),
        (f"{ROW}\n", "Line 1"),
        (HEAD.replace(",", ";") + ROW.replace(",", ";"), "Line 1.*commas"),
        ("patient,image,malignant,patient\n", "Line 1.*2 times"),
        ("patient,image,malignant,left,top,width\n", "Line 1.*'height' is there 0 times"),
        (HEAD, "the file ends there"),
        (f"{HEAD}{ROW}\n{SECRET},grey.png\n", "Line 3.*2 cells; expected 3"),
        (f"{HEAD}{SECRET}, Jane,grey.png,1\n", "Line 2.*4 cells"),
        (f"{HEAD} ,grey.png,1\n", "Line 2.*patient is empty"),
        (f"{HEAD}{SECRET},grey.png,{SECRET}\n", "Line 2.*neither 0 nor 1"),
        (f"{HEAD}{SECRET},grey.png,1.0\n", "Line 2.*neither 0 nor 1"),
        (f"{HEAD}{SECRET},,1\n", "Line 2.*empty or an absolute"),
        (f"{HEAD}{SECRET},/dev/zero,1\n", "Line 2.*absolute"),
        (f"{HEAD}{SECRET},{SECRET}.png,1\n", "Line 2.*not there"),
        (f"{HEAD}{SECRET},{'a' * 5000},1\n", "Line 2.*not there"),
        (f"{HEAD}{SECRET},.,1\n", "Line 2.*not there"),
        (f'{HEAD}"{SECRET},grey.png,1\n', "Line 2.*no line of a CSV"),
        (f"{HEAD}{SECRET}{'a' * 200_000},grey.png,1\n", "Line 2.*no line of a CSV"),
        (f"{HEAD}{SECRET}\0,grey.png,1\n", "Line 2.*zero byte"),
        (f"{HEAD}{SECRET}".encode() + b"\xe9,grey.png,1\n", "Line 2.*UTF-8"),
        (f"{BOXED}{ROW},30,10,20,\n", "Line 2.*four such numbers"),
        (f"{BOXED}{ROW},30,10,20,3\n", "Line 2.*from 4 pixels"),
        (f"{BOXED}{ROW},-1,10,20,10\n", "Line 2.*left and top from 0"),
        (f"{BOXED}{ROW},30,nan,20,10\n", "Line 2.*four such numbers"),
        (f"{BOXED}{ROW},30,10,20,1e999\n", "Line 2.*four such numbers"),
        (f"{BOXED}{ROW},30,10,20,{SECRET}\n", "Line 2.*four such numbers"),
        (f"{BOXED}{ROW},30,10,99,10\n", "Line 2.*leaves its picture of 128x96"),
        (f"{BOXED}{ROW},30,10,20,10\n{ROW},30,10,20,10\n", "Line 3.*line 2 has the same"),
        (f"{BOXED}{ROW},30,10,20,10\n{ROW},,,,\n", "Line 3.*line 2 has the same"),
        (f"{BOXED}{ROW},,,,\n{ROW},30,10,20,10\n", "Line 3.*line 2 has the same"),
        (f"{HEAD}{ROW}\nother,grey.png,1\n", "Line 3.*line 2 gives.*another patient"),
    ],
)
def test_what_is_wrong_is_said_by_its_line_and_never_by_its_text(
    folder: Path, text: str | bytes, said: str
) -> None:
    with pytest.raises(DataSetError, match=said) as refused:
        looked_at(csv(folder, text))
    for word in SECRET.split():
        assert word not in str(refused.value)


def test_the_same_picture_under_another_name_is_seen(folder: Path) -> None:
    (folder / "copy.png").write_bytes((folder / "grey.png").read_bytes())
    with pytest.raises(DataSetError, match="another patient"):
        looked_at(csv(folder, f"{HEAD}{ROW}\nother,copy.png,1\n"))


def test_an_image_that_cannot_be_used_is_said_without_its_name(folder: Path) -> None:
    (folder / SECRET / "bad.png").write_bytes(b"no image")
    cv2.imwrite(str(folder / SECRET / "small.png"), np.zeros((20, 20), np.uint8))
    for name, why in (("bad", "are no image"), ("small", "20x20")):
        with pytest.raises(DataSetError, match=f"Line 2.*{why}") as refused:
            looked_at(csv(folder, f"{HEAD}{SECRET},{SECRET}/{name}.png,1\n"))
        assert "Doe" not in str(refused.value)


@pytest.mark.parametrize("name", ["none.csv", "."])
def test_what_is_no_file_is_refused(folder: Path, name: str) -> None:
    with pytest.raises(DataSetError, match="patient, image, malignant"):
        read_cases(folder / name)

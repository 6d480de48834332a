import io

import numpy as np
import pytest
from PIL import Image

from senoscope.studies.pixels.coded_picture import jpeg2000_size, jpeg_size


def coded(kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.zeros((120, 160, 3), np.uint8)).save(file, kind, **options)  # type: ignore[arg-type]
    return file.getvalue()


@pytest.mark.parametrize("progressive", [False, True])
def test_jpeg_says_its_size(progressive: bool) -> None:
    assert jpeg_size(coded("JPEG", progressive=progressive)) == (160, 120)


def test_markers_without_a_length_and_padding_before_the_size_are_passed_over() -> None:
    head = b"\xff\xd8\xff\xff\x01\xff\xc4\x00\x03\x09"
    assert jpeg_size(head + b"\xff\xf7\x00\x0b\x08\x00\x78\x00\xa0\x01") == (160, 120)


def test_jpeg_2000_says_its_size() -> None:
    assert jpeg2000_size(coded("JPEG2000", no_jp2=True)) == (160, 120)


@pytest.mark.parametrize(
    "content", [b"", b"\xff", b"\xff\xd8" * 40, b"text" * 40, coded("JPEG")[:60], bytes(2000)]
)
def test_what_says_no_size_has_none(content: bytes) -> None:
    assert jpeg_size(content) is None
    assert jpeg2000_size(content) is None
    assert jpeg2000_size(coded("JPEG2000")) is None  # a file around the picture; DICOM has none

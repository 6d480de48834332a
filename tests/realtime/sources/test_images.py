import os
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from senoscope.domain.errors import ImageError, SourceUnavailable
from senoscope.domain.frame import Frame
from senoscope.realtime.sources.images import LARGEST_FILE, ImagesSource, read_image

SIZE = (200, 150)


def save(file: Path, pixels: np.ndarray) -> Path:
    assert cv2.imwrite(str(file), pixels)
    return file


def opened(folder: Path, repeat: bool = False) -> ImagesSource:
    source = ImagesSource(folder, rate_hz=None, size=SIZE, repeat=repeat)
    source.open()
    return source


def grabbed(source: ImagesSource) -> Frame:
    frame = source.grab()
    assert frame is not None
    return frame


def test_images_come_in_natural_order_and_then_end(tmp_path: Path) -> None:
    for number in (10, 2, 1):
        save(tmp_path / f"image{number}.png", np.full((150, 200), number, np.uint8))
    (tmp_path / "notes.txt").write_text("not an image")
    source = opened(tmp_path)
    assert [int(grabbed(source).pixels[75, 100]) for _ in range(3)] == [1, 2, 10]
    assert source.grab() is None


def test_a_repeated_folder_starts_again(tmp_path: Path) -> None:
    for number in (1, 2):
        save(tmp_path / f"{number}.png", np.full((150, 200), number, np.uint8))
    source = opened(tmp_path, repeat=True)
    assert [int(grabbed(source).pixels[0, 0]) for _ in range(5)] == [1, 2, 1, 2, 1]
    source.close()
    assert source.grab() is None


def test_images_of_any_shape_are_fitted_without_distortion(tmp_path: Path) -> None:
    save(tmp_path / "1_high.png", np.full((300, 100), 200, np.uint8))
    save(tmp_path / "2_wide.jpg", np.full((70, 700), 200, np.uint8))
    source = opened(tmp_path)
    high, wide = grabbed(source), grabbed(source)
    assert high.size == wide.size == SIZE
    assert np.flatnonzero(high.pixels[75] > 100).tolist() == list(range(75, 125))
    assert np.flatnonzero(wide.pixels[:, 100] > 100).tolist() == list(range(65, 85))


def test_sixteen_bit_and_alpha_are_read(tmp_path: Path) -> None:
    ramp = np.tile(np.linspace(500, 900, 100).astype(np.uint16), (80, 1))
    pixels = read_image(save(tmp_path / "deep.png", ramp))
    assert (pixels.min(), pixels.max()) == (0, 255)
    clear = np.full((80, 100, 4), (90, 90, 90, 0), np.uint8)
    assert np.all(read_image(save(tmp_path / "clear.png", clear)) == 90)


@pytest.mark.parametrize("content", [b"", b"no image at all", b"\x89PNG\r\n\x1a\n and no more"])
def test_a_file_that_is_no_image_is_named_with_the_remedy(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad.png").write_bytes(content)
    with pytest.raises(ImageError, match=r"bad\.png .*Export it again or take it out"):
        opened(tmp_path).grab()


@pytest.mark.parametrize("side", [8, 8000])
def test_an_image_too_small_or_too_large_is_named(tmp_path: Path, side: int) -> None:
    save(tmp_path / "odd.png", np.zeros((side, side), np.uint8))
    with pytest.raises(ImageError, match=rf"odd\.png cannot be used.*{side}x{side}"):
        opened(tmp_path).grab()


def test_a_small_file_that_unpacks_to_gigabytes_is_refused_unread(tmp_path: Path) -> None:
    header = b"IHDR" + struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    huge = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header
    (tmp_path / "huge.png").write_bytes(huge + struct.pack(">I", zlib.crc32(header)))
    with pytest.raises(ImageError, match=r"huge\.png cannot be used.*60000x60000"):
        opened(tmp_path).grab()
    (tmp_path / "huge.png").unlink()
    save(tmp_path / "huge.bmp", np.zeros((5000, 5000), np.uint8))
    with pytest.raises(ImageError, match=r"huge\.bmp cannot be used.*4096x4096"):
        opened(tmp_path).grab()


def test_a_file_too_large_for_an_image_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "large.png").open("wb") as file:
        file.truncate(LARGEST_FILE + 1)
    with pytest.raises(ImageError, match=r"large\.png cannot be used.*larger than 256 MB"):
        opened(tmp_path).grab()


def test_a_pipe_among_the_images_is_passed_over(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "1.png")
    save(tmp_path / "2.png", np.full((150, 200), 7, np.uint8))
    source = opened(tmp_path)
    assert grabbed(source).index == 0
    assert source.grab() is None


def test_a_canvas_no_memory_holds_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="999999x999999"):
        ImagesSource(tmp_path, size=(999_999, 999_999))


def test_the_grab_after_a_bad_image_gives_the_next_one(tmp_path: Path) -> None:
    (tmp_path / "1.png").write_bytes(b"")
    save(tmp_path / "2.png", np.full((150, 200), 7, np.uint8))
    source = opened(tmp_path)
    with pytest.raises(ImageError):
        source.grab()
    assert grabbed(source).index == 0


def test_a_folder_without_images_or_none_at_all_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match="holds no images"):
        ImagesSource(tmp_path).open()
    with pytest.raises(SourceUnavailable, match="cannot be read"):
        ImagesSource(tmp_path / "missing").open()

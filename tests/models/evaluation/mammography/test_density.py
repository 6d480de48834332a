"""Figures of density on a folder of images with a table, and what is refused."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from senoscope.domain.errors import DataSetError, ImageError
from senoscope.models.evaluation.mammography.density import (
    density_figures,
    measure_images,
    spearman,
)
from senoscope.models.evaluation.mammography.density_set import (
    read_density_images,
    read_grey,
    read_tissues,
)

SIZE = 300, 220


def drawn(dense_rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Half a disc of fat with a bright block, and its mask."""
    row, column = np.mgrid[: SIZE[0], : SIZE[1]]
    inside = ((row - 150) / 120) ** 2 + (column / 150) ** 2 < 1
    mask = np.where(inside, 128, 64).astype(np.uint8)
    mask[150 - dense_rows : 150 + dense_rows, 30:100] = 192
    grey = np.select([mask == 192, mask == 128], [190, 90], 0).astype(np.float64)
    noise = np.random.default_rng(dense_rows).normal(0, 6, SIZE)
    return np.clip(grey + noise * inside, 0, 255).astype(np.uint8), mask


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "images").mkdir()
    lines = ["Image,Density,Mask"]
    for place, letter in enumerate("ABCD"):
        picture, mask = drawn(8 + 14 * place)
        if place % 2:
            picture, mask = picture[:, ::-1], mask[:, ::-1]
        cv2.imwrite(str(tmp_path / "images" / f"{letter}.png"), picture)
        cv2.imwrite(str(tmp_path / f"{letter}_mask.jpg"), mask)
        lines.append(f"{letter}.png,{letter},{letter}_mask.jpg")
    (tmp_path / "set.csv").write_text("\n".join(lines) + "\n")
    return tmp_path


def test_figures_and_a_damaged_image_that_ends_nothing(folder: Path) -> None:
    (folder / "images" / "broken.png").write_bytes(b"no picture")
    with (folder / "set.csv").open("a") as table:
        table.write("broken.png,B,\n")
    outcomes = list(measure_images(read_density_images(folder)))
    figures = density_figures(outcomes)
    assert [each.trouble is None for each in outcomes] == [True] * 4 + [False]
    assert "broken.png" in (outcomes[-1].trouble or "")
    assert figures["spearman_density"].n == 4
    assert figures["breast_dice"].value > 0.98
    assert figures["breast_dice"].n == 4
    assert figures["dense_dice"].n == 4
    assert figures["pectoral_dice"].n == 0
    assert figures["baseline_spearman_otsu"].n == 4


def test_a_picture_without_a_breast_counts_as_not_found(folder: Path) -> None:
    cv2.imwrite(str(folder / "images" / "A.png"), np.zeros(SIZE, np.uint8))
    outcome = next(iter(measure_images(read_density_images(folder))))
    assert outcome.breast_dice == 0
    assert outcome.letter is None


def test_rank_correlation_shares_ranks() -> None:
    up = np.array([1.0, 2, 2, 3])
    assert spearman(up, up**3) == pytest.approx(1)
    assert spearman(up, -up) == pytest.approx(-1)
    assert np.isnan(spearman(up, np.ones(4)))


def test_air_may_be_bright_and_depth_16_bits(tmp_path: Path) -> None:
    picture, _ = drawn(20)
    cv2.imwrite(str(tmp_path / "turned.png"), 255 - picture)
    cv2.imwrite(str(tmp_path / "deep.png"), picture.astype(np.uint16) * 16)
    for name in ("turned.png", "deep.png"):
        pixels = read_grey(tmp_path / name)
        assert pixels[:, -20:].mean() < 0.05
        assert pixels[150, 60] > 0.6


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("name,density\nA.png,A\n", "expected the columns"),
        ("image,density\nA.png,F\n", "Line 2 of set.csv says density 'F'"),
        ("image,density\nnone.png,A\n", "neither in"),
        ("image,density\n", "no row"),
    ],
)
def test_a_wrong_table_is_told(folder: Path, table: str, said: str) -> None:
    (folder / "set.csv").write_text(table)
    with pytest.raises(DataSetError, match=said):
        read_density_images(folder)


def test_which_table(folder: Path) -> None:
    (folder / "other.csv").write_text("x\n")
    with pytest.raises(DataSetError, match=r"other\.csv, set\.csv"):
        read_density_images(folder)
    (folder / "set.csv").rename(folder / "images.csv")
    assert len(read_density_images(folder)) == 4
    with pytest.raises(DataSetError, match="these tables: none"):
        read_density_images(folder / "images")


def test_masks_of_other_greys_or_another_field_are_refused(tmp_path: Path) -> None:
    mask = np.full(SIZE, 64, np.uint8)
    mask[:100] = 96
    cv2.imwrite(str(tmp_path / "odd.png"), mask)
    with pytest.raises(ImageError, match="holds mostly the greys 64, 96"):
        read_tissues(tmp_path / "odd.png", SIZE)
    cv2.imwrite(str(tmp_path / "near.png"), np.full(SIZE, 130, np.uint8))
    assert (read_tissues(tmp_path / "near.png", SIZE) == 128).all()
    with pytest.raises(ImageError, match="the same field"):
        read_tissues(tmp_path / "near.png", (SIZE[1], SIZE[0]))

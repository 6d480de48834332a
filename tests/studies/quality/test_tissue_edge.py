from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from senoscope.studies.quality.tissue_edge import LONGEST_SIDE, breast_edge, small_picture
from tests.studies.dicom_files import write
from tests.studies.mammograms import breast, mammogram
from tests.studies.study_builders import read


def small(picture: NDArray[np.uint16]) -> NDArray[np.uint8]:
    half = cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    return np.asarray(half >> 4, np.uint8)


@pytest.mark.parametrize(
    "picture",
    [
        breast(),
        breast(label=False, noise=0),
        breast(noise=80),
        breast(oblique=True),
        breast(oblique=True, noise=80),
        breast(border=8),
        breast(oblique=True, border=20),
    ],
)
def test_the_edge_is_found_on_both_sides(picture: NDArray[np.uint16]) -> None:
    shown = small(picture)
    assert breast_edge(shown) == "left"
    assert breast_edge(shown[:, ::-1]) == "right"
    assert breast_edge(shown[::-1]) == "left"


def test_what_cannot_be_told_is_not_guessed() -> None:
    draw = np.random.default_rng(7)
    shown = small(breast())
    unclear = {
        "flat": np.full((200, 160), 90, np.uint8),
        "noise": draw.integers(0, 255, (200, 160)).astype(np.uint8),
        "tissue from edge to edge, as under magnification": np.full((200, 160), 200, np.uint8)
        + draw.integers(0, 40, (200, 160)).astype(np.uint8),
        "in the middle, as a specimen": np.roll(np.pad(shown, ((0, 0), (80, 80))), 20, axis=1),
        "above": np.rot90(shown),
        "air taken for tissue": 255 - shown,
        "a band from edge to edge": np.where(
            abs(np.mgrid[:250, :200][0] - 125) < 45, 200, 9
        ).astype(np.uint8),
        "both sides": np.maximum(shown, shown[:, ::-1]),
        "small": shown[:8, :8],
    }
    assert {name: breast_edge(each) for name, each in unclear.items()} == dict.fromkeys(unclear)


def test_air_does_not_bulge() -> None:
    """Tissue along the whole left edge, and what would be tissue if air were shown bright."""
    row, column = np.mgrid[:250, :200]
    filled = ((row - 125) / 300) ** 2 + (column / 120) ** 2 < 1
    assert breast_edge(np.where(filled, 180, 10).astype(np.uint8)) == "left"
    assert breast_edge(np.where(filled, 10, 180).astype(np.uint8)) is None


def test_faint_tissue_in_noisy_air() -> None:
    draw = np.random.default_rng(7)
    row, column = np.mgrid[:250, :200]
    tissue = ((row - 125) / 100) ** 2 + (column / 120) ** 2 < 1
    picture = np.where(tissue, 130, 40) + draw.normal(0, 20, tissue.shape)
    assert breast_edge(picture.clip(0, 255).astype(np.uint8)) == "left"


def test_the_small_picture_is_small_and_lies_as_the_large_one(tmp_path: Path) -> None:
    ((study,), _) = read(write(tmp_path / "one", mammogram()))
    shown = small_picture(study.images[0])
    assert max(shown.shape) <= LONGEST_SIDE
    assert shown.shape[0] > shown.shape[1]
    assert shown[len(shown) // 2, 2] > 120 > shown[-5, -5]


def test_public_mammograms_of_several_makers(public_data: Path) -> None:
    """As a person sees them, all of them: 12 files."""
    lies = {
        "mammography-four-view": {"L-CC.png": "left", "L-MLO.png": "left", "R-CC.png": "left"}
        | {"R-MLO.png": "left"},  # stored so
        "mammography-density": {
            f"sample_{name}.jpg": edge
            for name, edge in zip(
                ("A1", "A2", "B1", "B2", "C1", "C2", "D1", "D2"),
                ("right", "left", "right", "right", "left", "right", "right", "right"),
                strict=True,
            )
        },
    }
    for folder, files in lies.items():
        for name, edge in files.items():
            with Image.open(public_data / folder / name) as file:
                shown = np.asarray(file.convert("L").resize((200, 256)))
            assert breast_edge(shown) == edge, name
            assert breast_edge(shown[:, ::-1]) == ("left" if edge == "right" else "right"), name

"""Pictures that a live reading must refuse, real and made, and real ones that it must not.

What is *made* is drawn here over a real still or on nothing; it shows that a check works, not how
often it works at a bedside. Every maker is fixed by its random generator.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import DataSetError
from senoscope.domain.frame import Gray
from senoscope.models.evaluation.ultrasound_sets import UltrasoundImage, read_busi_flags

CALIPER_FREE = Path(__file__).with_name("caliper_free.txt")
FLOW = (
    "benign (234)", "benign (240)", "benign (255)",
    "benign (261)", "benign (277)", "malignant (196)",
)  # fmt: skip
"""Of BUSI's 15 images with coloured pixels: those in which flow is seen. The others have yellow
calipers, an empty colour box or a coloured logo. Looked at by eye."""

Colours = NDArray[np.uint8]
"""(rows, columns, 3), blue, green, red."""

_WORDS = ("RT BREAST", "LT UPPER OUTER", "MAMA DIREITA", "QSE 3H", "12 O CLOCK", "NODULO")
_LETTERS = cv2.FONT_HERSHEY_SIMPLEX


def caliper_free(path: Path = CALIPER_FREE) -> frozenset[str]:
    """Names of the listed images of BUS-BRA: looked at by eye, without calipers.

    A file name a line. DataSetError where it cannot be read or names an image twice.
    """
    try:
        lines = path.read_text(encoding="utf-8").split()
    except (OSError, UnicodeDecodeError) as error:
        raise DataSetError(f"{path} cannot be read ({error}). Give a list of names.") from error
    names = frozenset(line.removesuffix(".png") for line in lines)
    if len(names) != len(lines):
        raise DataSetError(f"{path.name} names an image twice; expected each once. Remove one.")
    return names


def axilla(folder: Path, images: Sequence[UltrasoundImage]) -> list[UltrasoundImage]:
    """The images of BUSI that its `quality.csv` calls axilla."""
    flagged = {row["filename"] for row in read_busi_flags(folder) if row["axilla_text"] == "1"}
    return [image for image in images if image.image_path.name in flagged]


def colours(path: Path) -> Colours:
    """A stored image with its colours. DataSetError where it is none."""
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if picture is None:
        raise DataSetError(f"{path.name} cannot be read as an image. Unpack the data set again.")
    return np.asarray(picture, np.uint8)


def uncompressed_still(path: Path, rows: int, columns: int) -> Colours:
    """The pixels of a DICOM file whose last element holds one RGB picture, uncompressed."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataSetError(f"{path.name} cannot be read ({error.strerror}).") from error
    start = content.rfind(b"\xe0\x7f\x10\x00O") + 12
    pixels = np.frombuffer(content[start : start + rows * columns * 3], np.uint8)
    if pixels.size != rows * columns * 3:
        raise DataSetError(f"{path.name} holds no uncompressed picture of {columns}x{rows}.")
    return np.ascontiguousarray(pixels.reshape(rows, columns, 3)[..., ::-1])


def made_air(random: np.random.Generator, rows: int, columns: int) -> Gray:
    """The probe's own ringing and its echoes, uneven across, and noise below."""
    depth = np.linspace(0, 1, rows)[:, None]
    ringing = random.uniform(120, 230) * np.exp(-depth / random.uniform(0.02, 0.05))
    gap = random.uniform(0.04, 0.08)
    echoes = random.uniform(30, 110) * np.exp(-depth / random.uniform(0.06, 0.14))
    profile = ringing + echoes * np.cos(np.pi * depth / gap) ** 2
    uneven = _smooth(random, 1, columns, columns / 8) * random.uniform(0, 0.3)
    grainy = _smooth(random, rows, columns, columns / 400) * 0.2
    noise = random.normal(0, 3, (rows, columns)) + random.uniform(2, 10)
    return _grey(profile * (1 + uneven) * (1 + grainy) + noise)


def with_text(random: np.random.Generator, still: Gray) -> Gray:
    """One to three lines of writing, as large and bright as scanners write."""
    written = still.copy()
    rows, columns = still.shape
    size = rows * random.uniform(0.026, 0.045) / 22
    left, top = random.uniform(0.05, 0.4) * columns, random.uniform(0.15, 0.8) * rows
    for line in range(int(random.integers(1, 4))):
        place = int(left), int(top + line * size * 36)
        word, light = str(random.choice(_WORDS)), int(random.integers(190, 256))
        width = max(1, round(size * 1.6))
        cv2.putText(written, word, place, _LETTERS, size, light, width, cv2.LINE_AA)
    return written


def side_by_side(first: Gray, second: Gray, gap: int = 0) -> Gray:
    """Two pictures of one height on one screen, `gap` black columns between."""
    rows = min(first.shape[0], second.shape[0])
    halves = [each[:rows, : min(first.shape[1], second.shape[1])] for each in (first, second)]
    return np.hstack([halves[0], np.zeros((rows, gap), np.uint8), halves[1]])


def with_doppler(random: np.random.Generator, still: Gray) -> Colours:
    """A colour box with some vessels, red or blue, over the still."""
    painted = cv2.cvtColor(still, cv2.COLOR_GRAY2BGR)
    rows, columns = still.shape
    left, top = (int(random.uniform(0.1, 0.4) * side) for side in (columns, rows))
    width, height = (int(random.uniform(0.3, 0.5) * side) for side in (columns, rows))
    for _ in range(int(random.integers(2, 7))):
        middle = (
            int(left + random.uniform(0.1, 0.9) * width),
            int(top + random.uniform(0.1, 0.9) * height),
        )
        axes = (
            max(3, int(random.uniform(0.015, 0.06) * columns)),
            max(2, int(random.uniform(0.008, 0.025) * columns)),
        )
        light = int(random.integers(140, 256))
        shade = (20, light // 3, light) if random.random() < 0.5 else (light, light // 3, 20)
        cv2.ellipse(painted, middle, axes, random.uniform(0, 180), 0, 360, shade, -1)
    cv2.rectangle(painted, (left, top), (left + width, top + height), (0, 160, 160), 1)
    return np.asarray(painted, np.uint8)


def with_elastogram(random: np.random.Generator, still: Gray) -> Colours:
    """A box of a stiffness map, half transparent, blue to red, over the still."""
    painted = cv2.cvtColor(still, cv2.COLOR_GRAY2BGR)
    rows, columns = still.shape
    left, top = (int(random.uniform(0.1, 0.3) * side) for side in (columns, rows))
    box = np.s_[top : top + rows // 2, left : left + columns // 2]
    stiff = np.clip(_smooth(random, rows // 2, columns // 2, columns / 20) * 60 + 128, 0, 255)
    shown = cv2.applyColorMap(stiff.astype(np.uint8), cv2.COLORMAP_JET)
    painted[box] = cv2.addWeighted(painted[box], 0.5, shown, 0.5, 0)
    return np.asarray(painted, np.uint8)


def with_gain(still: Gray, grey_values: float) -> Gray:
    """Another gain, which on a scanner's logarithmic scale is added to every echo."""
    return _grey(still + np.float32(grey_values))


def made_report(random: np.random.Generator, rows: int, columns: int) -> Gray:
    """A screen of writing: light on black, or dark on the grey of a menu with buttons."""
    ground, ink = (0, 220) if random.random() < 0.5 else (int(random.integers(60, 240)), 10)
    screen = np.full((rows, columns), ground, np.uint8)
    for line in range(int(random.integers(5, 18))):
        top = int((line + 1) * rows / 19)
        text = " ".join(str(random.choice(_WORDS)) for _ in range(int(random.integers(1, 5))))
        cv2.putText(screen, text, (int(columns * 0.05), top), _LETTERS, rows / 1100, ink, 1)
    if ground:
        for _ in range(6):
            x, y = (int(random.uniform(0, 0.9) * side) for side in (columns, rows))
            cv2.rectangle(screen, (x, y), (x + columns // 9, y + rows // 14), ground // 2, -1)
    return screen


def _smooth(
    random: np.random.Generator, rows: int, columns: int, width: float
) -> NDArray[np.float64]:
    """Noise of mean 0 and variance 1, as wide as `width` pixels."""
    white = random.standard_normal((rows, columns))
    noise = cv2.GaussianBlur(white, (0, 0), max(width, 0.5))
    return np.asarray((noise - noise.mean()) / max(float(noise.std()), 1e-9), np.float64)


def _grey(values: NDArray[np.floating]) -> Gray:
    return np.asarray(np.clip(np.rint(values), 0, 255), np.uint8)

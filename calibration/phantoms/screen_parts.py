"""What is on a made screen beside the ruler: tissue, text, a grey bar, calipers, another scale."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from senoscope.domain.frame import Gray

Box = tuple[int, int, int, int]
"""Left, top, right, bottom, in pixels."""

_FONTS = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_PLAIN,
    None,
)
"""None: the TrueType face that comes with Pillow."""
_WORDS = (
    "L BREAST",
    "FR 31Hz",
    "DR 66",
    "MI 1.1",
    "GN 58",
    "TIs 0.2",
    "2D",
    "CHI",
    "Frq 12",
    "P 4",
)


@dataclass(frozen=True, slots=True)
class DrawnText:
    """One face, `height` pixels high."""

    face: int | None
    height: int
    grey: int

    @classmethod
    def drawn(cls, random: np.random.Generator, rows: int, grey: int) -> DrawnText:
        """A face at random, of a size that a screen of `rows` has."""
        height = int(rows * random.uniform(0.014, 0.02)) + 1
        return cls(_FONTS[random.integers(len(_FONTS))], height, grey)

    def glyphs(self, text: str) -> Gray:
        """The text, bright on black, without a margin."""
        if self.face is None:
            font = ImageFont.load_default(self.height * 1.4)
            sheet = Image.new("L", (40 * len(text), 3 * self.height))
            ImageDraw.Draw(sheet).text((4, 4), text, fill=255, font=font)
            picture = np.asarray(sheet, np.uint8)
        else:
            scale = cv2.getFontScaleFromHeight(self.face, self.height, 1)
            picture = np.zeros((3 * self.height, 40 * len(text)), np.uint8)
            at = (4, 2 * self.height)
            cv2.putText(picture, text, at, self.face, scale, (255,), 1, cv2.LINE_AA)
        left, top, width, height = cv2.boundingRect(picture)
        return picture[top : top + height, left : left + width]

    def put(self, screen: Gray, text: str, column: int, row: float, outward: int) -> None:
        """Draw it, its middle at `row`, beginning at `column` or, `outward` -1, ending there."""
        drawn = self.glyphs(text)
        high, wide = drawn.shape
        left = column if outward > 0 else column - wide
        top = round(row - high / 2)
        bottom, right = min(top + high, screen.shape[0]), min(left + wide, screen.shape[1])
        if left < 0 or top < 0 or bottom - top < high or right - left < wide:
            return
        place = screen[top:bottom, left:right]
        share = drawn / np.float32(255)
        place[:] = np.rint(place * (1 - share) + self.grey * share).astype(np.uint8)


def tissue(random: np.random.Generator, screen: Gray, box: Box, curved: bool) -> None:
    """Speckle in layers, in a rectangle or a sector."""
    left, top, right, bottom = box
    high, wide = bottom - top, right - left
    shape = high // 2 + 1, wide // 2 + 1
    speckle = cv2.GaussianBlur(
        random.normal(0, 1, shape).astype(np.float32), (0, 0), 1.6, None, 0.8
    )
    layers = np.repeat(random.uniform(20, 120, 12), 1).astype(np.float32)[:, None]
    level = cv2.resize(layers, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    streaks = cv2.GaussianBlur(random.normal(0, 1, shape).astype(np.float32), (0, 0), 14, None, 1.2)
    echo = level * (1 + 1.3 * speckle + 2.5 * streaks) * np.linspace(1.1, 0.3, shape[0])[:, None]
    picture = np.clip(cv2.resize(echo.astype(np.float32), (wide, high)), 0, 255).astype(np.uint8)
    if curved:
        mask = np.zeros((high, wide), np.uint8)
        centre, reach = (wide // 2, -high // 3), high + high // 3
        cv2.ellipse(mask, centre, (reach, reach), 0, 50, 130, 255, -1)
        cv2.circle(mask, centre, high // 3 + high // 12, (0,), -1)
        picture[mask == 0] = 0
    screen[top:bottom, left:right] = picture


def clutter(random: np.random.Generator, screen: Gray, box: Box) -> None:
    """Lists of settings, a grey bar, calipers, a lateral scale: each on some screens."""
    rows, columns = screen.shape
    grey = int(random.integers(120, 240))
    text = DrawnText.drawn(random, rows, grey)
    line, top = int(text.height * random.uniform(1.5, 2.2)), int(random.integers(40, rows // 2))
    for turn in range(int(random.integers(0, len(_WORDS)))):
        text.put(screen, str(random.choice(_WORDS)), 8, top + turn * line, 1)
    text.put(screen, "DEMO CLINIC  11-28", columns // 4, text.height + 4, 1)
    if random.random() < 0.5:
        place = screen[box[1] : box[1] + rows // 4, columns - 24 : columns - 12]
        place[:] = np.linspace(255, 0, len(place))[:, None]
    if random.random() < 0.5:
        for _ in range(4):
            at = int(random.integers(box[0], box[2])), int(random.integers(box[1], box[3]))
            cv2.drawMarker(screen, at, (255,), cv2.MARKER_CROSS, 11)
        text.put(screen, "D1 12.4mm  D2 8.1mm", box[0] + 10, rows - text.height, 1)
    if random.random() < 0.4:
        for column in range(box[0], box[2], int(random.integers(20, 80))):
            screen[box[3] + 2 : box[3] + 7, column : column + 2] = grey


def scale_bar(random: np.random.Generator, screen: Gray, box: Box) -> None:
    """A scale that is none of depth: its numbers grow upwards, as velocities or stiffness do."""
    grey = int(random.integers(130, 256))
    text = DrawnText.drawn(random, screen.shape[0], grey)
    count, step = int(random.integers(5, 9)), (box[3] - box[1]) / 12
    for turn in range(count):
        row = box[1] + 20 + turn * step
        screen[int(row) : int(row) + 2, box[2] + 6 : box[2] + 14] = grey
        if turn % 2 == 0:
            text.put(screen, f"{(count - turn) * 10}", box[2] + 18, row, 1)

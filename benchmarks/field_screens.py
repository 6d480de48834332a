"""Made scanner screens: simulated tissue, linear or curved, among names, menus, rulers and bars.

The tissue is `calibration/phantoms/bmode.py`'s or a still that is given; all else is drawn here.
What a screen holds is fixed by its seed. Seeds from 0 on were used to write the finder, seeds from
1000 on only for the table.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.calibration.phantoms.bmode import BModePhantom
from senoscope.domain.frame import Gray

SIZES = ((640, 480), (800, 600), (1024, 768), (1280, 720), (1280, 1024), (1920, 1080))
NAMES = ("DOE, JANE", "MUSTERFRAU, ERIKA", "ROSSI MARIA", "Doe^Jane", "SILVA, ANA", "TEST PATIENT")
FONTS = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_PLAIN, cv2.FONT_HERSHEY_DUPLEX)

Mask = NDArray[np.bool_]
Box = tuple[int, int, int, int]
"""Left, top, right, bottom; the last two are outside."""


@dataclass(frozen=True)
class Layout:
    """What is drawn on one screen; see `drawn`.

    `half_deg` is the sector's half angle, None for a linear probe. `inside`: the name stands on the
    tissue, too.
    """

    seed: int
    size: tuple[int, int]
    half_deg: float | None
    dual: bool
    inside: bool
    quality: int
    ground: int
    name: str
    font: int

    @classmethod
    def drawn(cls, seed: int) -> Layout:
        """The layout of `seed`: a third curved, a fifth of the others dual, a tenth written on."""
        random = np.random.default_rng([seed, 11])
        curved = bool(random.random() < 1 / 3)
        return cls(
            seed=seed,
            size=SIZES[int(random.integers(len(SIZES)))],
            half_deg=float(random.uniform(25, 38)) if curved else None,
            dual=bool(not curved and random.random() < 0.2),
            inside=bool(random.random() < 0.1),
            quality=int(random.integers(60, 101)),
            ground=int(random.choice([0, 0, 0, 8, 20])),
            name=NAMES[int(random.integers(len(NAMES)))],
            font=FONTS[int(random.integers(len(FONTS)))],
        )


@dataclass(frozen=True)
class MadeScreen:
    """`pictures` of one exam; `whole`: where it is; `live`: the half that moves, all if not dual.

    `written`: pixels of the burned-in name, wherever it stands.
    """

    layout: Layout
    pictures: tuple[Gray, ...]
    whole: Mask
    live: Mask
    written: Mask


@dataclass
class _Canvas:
    layout: Layout
    random: np.random.Generator
    pixels: Gray = field(init=False)
    written: Mask = field(init=False)

    def __post_init__(self) -> None:
        columns, rows = self.layout.size
        self.pixels = np.full((rows, columns), self.layout.ground, np.uint8)
        self.written = np.zeros((rows, columns), np.bool_)

    @property
    def scale(self) -> float:
        """Letters are a fiftieth of the height."""
        height = cv2.getTextSize("X", self.layout.font, 1, 1)[0][1]
        return self.layout.size[1] / 50 / height

    def say(self, text: str, at: tuple[int, int], grey: int = 220, name: bool = False) -> None:
        """`text` with its foot at `at` [x, y]; a `name` is remembered as written."""
        font, thick = self.layout.font, max(1, round(self.layout.size[1] / 700))
        cv2.putText(self.pixels, text, at, font, self.scale, grey, thick, cv2.LINE_AA)
        if name:
            only = np.zeros_like(self.pixels)
            cv2.putText(only, text, at, font, self.scale, 255, thick, cv2.LINE_AA)
            self.written |= only > 127


def made_screen(seed: int, frames: int = 1, still: Gray | None = None) -> MadeScreen:
    """The screen of `seed`, `frames` pictures of it; of `still` in place of a phantom if given.

    A still does not move, and the second half of a dual screen is its mirror image.
    """
    layout = Layout.drawn(seed)
    tissue = _tissue(seed, frames, still)
    pictures = []
    for number, picture in enumerate(tissue):
        canvas = _Canvas(layout, np.random.default_rng([seed, 12]))
        box = _place(canvas, None if still is None else still.shape)
        whole, live = _paste(canvas, box, picture, tissue[0])
        foot = int(np.flatnonzero(whole.any(axis=1))[-1]) + 1
        _surround(canvas, (*box[:3], foot), number)
        pictures.append(_coded(canvas.pixels, layout.quality))
    return MadeScreen(layout, tuple(pictures), whole, live, canvas.written)


def _tissue(seed: int, frames: int, still: Gray | None) -> list[Gray]:
    if still is not None:
        return [still] * frames
    sweep = BModePhantom(seed, 640, 480).sweep(max(60, frames))
    return [next(sweep).pixels for _ in range(frames)]


def _coded(pixels: Gray, quality: int) -> Gray:
    if quality == 100:
        return pixels
    _, coded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), np.uint8)


def _place(canvas: _Canvas, shape: tuple[int, ...] | None) -> Box:
    columns, rows = canvas.layout.size
    random = canvas.random
    top, bottom = round(rows * random.uniform(0.1, 0.2)), round(rows * random.uniform(0.75, 0.92))
    aspect = random.uniform(0.8, 1.5) if shape is None else shape[1] / shape[0]
    width = min((bottom - top) * aspect * (1.6 if canvas.layout.dual else 1), 0.66 * columns)
    if shape is not None and not canvas.layout.dual:
        bottom = top + round(width / aspect)
    left = round(columns * random.uniform(0.16, 0.84 - width / columns))
    return left, top, left + round(width), bottom


def _paste(canvas: _Canvas, box: Box, picture: Gray, first: Gray) -> tuple[Mask, Mask]:
    """All tissue, and what of it is live."""
    left, top, right, bottom = box
    whole, live = np.zeros_like(canvas.written), np.zeros_like(canvas.written)
    half_deg = canvas.layout.half_deg
    if half_deg is not None:
        across, down, inside = _sector(bottom - top, right - left, half_deg)
        seen = cv2.remap(picture, across, down, cv2.INTER_LINEAR)
        canvas.pixels[top:bottom, left:right][inside] = seen[inside]
        whole[top:bottom, left:right] = inside
        return whole, whole
    if not canvas.layout.dual:
        canvas.pixels[top:bottom, left:right] = _sized(picture, right - left, bottom - top)
        whole[top:bottom, left:right] = True
        return whole, whole
    gap = int(canvas.random.integers(2, 20))
    half = (right - left - gap) // 2
    live_first = bool(canvas.random.random() < 0.5)
    still = np.ascontiguousarray(first[:, ::-1])
    for at, each in ((left, live_first), (left + half + gap, not live_first)):
        place = np.s_[top:bottom, at : at + half]
        canvas.pixels[place] = _sized(picture if each else still, half, bottom - top)
        live[place] = each
    whole[top:bottom, left : left + 2 * half + gap] = True
    return whole, live


def _sized(picture: Gray, columns: int, rows: int) -> Gray:
    return np.asarray(cv2.resize(picture, (columns, rows), interpolation=cv2.INTER_AREA), np.uint8)


def _sector(
    rows: int, columns: int, half_deg: float
) -> tuple[NDArray[np.float32], NDArray[np.float32], Mask]:
    """For each pixel the column and the row of a 640x480 picture seen there, and if it is in."""
    half, near_share = np.deg2rad(half_deg), 0.3
    far = min(columns / 2 / np.sin(half), rows / (1 - near_share * np.cos(half)))
    near = near_share * far
    y, x = np.mgrid[:rows, :columns].astype(np.float32)
    y, x = y + near * np.cos(half), x - columns / 2 + 0.5
    radius, angle = np.hypot(x, y), np.arctan2(x, y)
    inside = (radius >= near) & (radius <= far) & (np.abs(angle) <= half)
    across = (angle / half + 1) / 2 * 639
    down = (radius - near) / (far - near) * 479
    return across.astype(np.float32), down.astype(np.float32), inside


def _surround(canvas: _Canvas, box: Box, number: int) -> None:
    """Header, settings, a grey bar, a ruler, a menu, focus marks; a clock that goes on."""
    columns, rows = canvas.layout.size
    random, line = canvas.random, round(rows / 30)
    left, top, right, bottom = box
    if random.random() < 0.5:
        grey = int(random.integers(30, 90))
        cv2.rectangle(canvas.pixels, (0, 0), (columns, round(top * 0.75)), grey, -1)
    at = int(columns * random.uniform(0.02, 0.3)), int(random.uniform(line, max(line + 1, top - 4)))
    canvas.say(canvas.layout.name, at, name=True)
    canvas.say(f"12:30:{number % 60:02d}", (int(columns * 0.85), line))
    canvas.say("MI 1.1  TIS 0.2", (int(columns * 0.6), line))
    _settings(canvas, 6, top + line, max(6, (left - 10) // 9))
    if random.random() < 0.5:
        _settings(canvas, right + round(columns * 0.05), top + line, 9)
    _bar(canvas, right + int(random.integers(8, 24)), top, bottom)
    _ruler(canvas, (left - 4, right + 2)[int(random.integers(2))], top, bottom)
    _menu(canvas, rows - round(line * 1.2))
    if canvas.layout.half_deg is None and random.random() < 0.3:
        canvas.say("L12-5", (left + 4, bottom + line))
    if canvas.layout.inside:
        foot = bottom - round((bottom - top) * random.uniform(0.03, 0.12))
        middle = canvas.layout.half_deg is not None or random.random() < 0.5
        canvas.say(
            canvas.layout.name, ((left + right) // 2 if middle else left + 6, foot), 255, True
        )


def _settings(canvas: _Canvas, left: int, top: int, letters: int) -> None:
    words = ("Gn 60", "DR 65", "FR 32Hz", "Depth 4.0", "9.0MHz", "Map C", "Breast", "P 100%")
    for row in range(int(canvas.random.integers(4, 9))):
        canvas.say(words[row][:letters], (left, top + row * canvas.layout.size[1] // 22), 190)


def _bar(canvas: _Canvas, left: int, top: int, bottom: int) -> None:
    width = int(canvas.random.integers(6, 18))
    height = int((bottom - top) * canvas.random.uniform(0.2, 0.6))
    greys = np.linspace(255, 0, height, dtype=np.uint8)[:, None]
    canvas.pixels[top : top + height, left : left + width] = greys


def _ruler(canvas: _Canvas, at: int, top: int, bottom: int) -> None:
    step = (bottom - top) / canvas.random.uniform(3, 9)
    for count in range(int((bottom - top) / step * 5) + 1):
        y, long = round(top + count * step / 5), 6 if count % 5 else 10
        cv2.line(canvas.pixels, (at - long // 2, y), (at + long // 2, y), 230, 1)


def _menu(canvas: _Canvas, foot: int) -> None:
    columns, rows = canvas.layout.size
    high = round(rows / 30)
    for place, word in enumerate(("Freeze", "Gain", "Dual", "Store")):
        left = round(columns * (0.1 + 0.2 * place))
        right = left + round(columns * 0.15)
        grey = int(canvas.random.integers(40, 110))
        cv2.rectangle(canvas.pixels, (left, foot - high), (right, foot + high // 3), grey, -1)
        canvas.say(word, (left + 4, foot), 240)

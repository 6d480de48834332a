"""The cases that the suitability gate is measured on: real stills, made ones, simulated sweeps.

Stills are shown as a folder of images shows them. Only the development test is used, BUS-BRA fold 3
and BUSI val, but for images so rare that all are taken; then the name says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

import cv2
import numpy as np

from senoscope.calibration.phantoms.bmode import BModePhantom
from senoscope.calibration.phantoms.still_sweep import StillSweep
from senoscope.domain.frame import Gray
from senoscope.domain.reading import Unsuitable
from senoscope.models.evaluation import suitability_set as made
from senoscope.models.evaluation.marks import Tag, read_tags
from senoscope.models.evaluation.ultrasound_sets import UltrasoundImage
from senoscope.realtime.sources.images import fitted
from senoscope.realtime.sources.opencv import Picture

TEST_FOLD, TRAIN_PART, TEST_PART = "3", "train", "val"
SCREEN = (1024, 768)
RATE_HZ = 30.0
SWEEP_FRAMES, SWEPT = 45, 25
"""Of each sweep, and stills of each set that are swept."""
SEED = 13
PHANTOMS = range(200, 220)
MADE_SCREENS = 100
DOPPLER_STILL, DOPPLER_SIZE = "US1_UNCR.dcm", (480, 640)

Pictures = Iterable[Picture]


@dataclass(frozen=True, slots=True)
class Kind:
    """Cases of one kind: each is the frames of one source. `reason` None: to be read."""

    name: str
    reason: Unsuitable | None
    cases: Sequence[Callable[[], Pictures]]
    stills: bool = True


def shown(image: UltrasoundImage, size: tuple[int, int] | None = SCREEN) -> Gray:
    """As a folder of images shows it."""
    return image.pixels() if size is None else fitted(image.pixels(), size)


def _stills(images: Sequence[UltrasoundImage]) -> list[Callable[[], Pictures]]:
    return [partial(_one, partial(shown, image)) for image in images]


def _one(picture: Callable[[], Picture]) -> Pictures:
    return [picture()]


def _tests(
    bra: Sequence[UltrasoundImage], usi: Sequence[UltrasoundImage]
) -> dict[str, list[tuple[UltrasoundImage, Tag]]]:
    tags = read_tags()
    return {
        "BUS-BRA fold 3": [(i, tags["bus-bra", i.name]) for i in bra if i.part == TEST_FOLD],
        "BUSI val": [(i, tags["busi", i.name]) for i in usi if i.part == TEST_PART],
    }


def real_kinds(
    bra: Sequence[UltrasoundImage],
    usi: Sequence[UltrasoundImage],
    busi: Path,
    dicom: Path | None,
    other: Path | None,
) -> Iterator[Kind]:
    """Stills as they were stored."""
    tags, listed = read_tags(), made.caliper_free()
    free = [(image, tags["bus-bra", image.name].text) for image in bra if image.name in listed]
    yield Kind("caliper-free list, no text", None, _stills([i for i, text in free if not text]))
    yield Kind("caliper-free list, text", Unsuitable.TEXT, _stills([i for i, text in free if text]))
    for name, images in _tests(bra, usi).items():
        plain = [i for i, tag in images if not tag.text and i.name not in made.FLOW]
        written = [i for i, tag in images if tag.text]
        yield Kind(f"{name}, no text", None, _stills(plain))
        yield Kind(f"{name}, text", Unsuitable.TEXT, _stills(written))
    in_train = [i for i in usi if i.part == TRAIN_PART]
    in_test = [i for i in usi if i.part == TEST_PART]
    for part, images_of in (("train", in_train), ("val", in_test)):
        cases = _stills(made.axilla(busi, images_of))
        yield Kind(f"BUSI {part}, axilla", Unsuitable.AXILLA, cases)
    flow = [i for i in usi if i.name in made.FLOW]
    coloured = [partial(_one, partial(made.colours, image.image_path)) for image in flow]
    yield Kind("BUSI train, colour flow", Unsuitable.COLOUR, coloured)
    if dicom is not None:
        still = partial(made.uncompressed_still, dicom / DOPPLER_STILL, *DOPPLER_SIZE)
        yield Kind("Doppler still", Unsuitable.COLOUR, [partial(_one, still)])
    if other is not None:
        paths = sorted(p for p in other.rglob("*") if p.suffix.lower() in (".png", ".jpg"))
        cases = [partial(_one, partial(_fitted_file, path)) for path in paths]
        yield Kind("no ultrasound, real", Unsuitable.UNLIKE_TRAINING, cases)


def _fitted_file(path: Path) -> Gray:
    return fitted(made.colours(path)[..., 1], SCREEN)


def made_kinds(bra: Sequence[UltrasoundImage], usi: Sequence[UltrasoundImage]) -> Iterator[Kind]:
    """Stills drawn on or drawn whole, all called made."""
    for name, images in _tests(bra, usi).items():
        plain = [i for i, tag in images if not tag.text and i.name not in made.FLOW]
        for title, reason, draw in (
            ("text", Unsuitable.TEXT, made.with_text),
            ("Doppler", Unsuitable.COLOUR, made.with_doppler),
            ("elastogram", Unsuitable.COLOUR, made.with_elastogram),
            ("gain -100", Unsuitable.GAIN_LOW, lambda _, still: made.with_gain(still, -100)),
            ("gain +100", Unsuitable.GAIN_HIGH, lambda _, still: made.with_gain(still, 100)),
        ):
            cases = [partial(_one, partial(_drawn, draw, image)) for image in plain]
            yield Kind(f"made: {title} on {name}", reason, cases)
        pairs = list(zip(plain[::2], plain[1::2], strict=False))
        for gap in (0, 8):
            cases = [partial(_one, partial(_paired, *pair, gap)) for pair in pairs]
            yield Kind(f"made: two of {name}, gap {gap}", Unsuitable.DUAL, cases)
    for title, reason, screen in (
        ("air", Unsuitable.IN_AIR, made.made_air),
        ("report or menu", Unsuitable.NO_ULTRASOUND, made.made_report),
    ):
        seeds = range(MADE_SCREENS)
        cases = [partial(_one, partial(_screen, screen, seed)) for seed in seeds]
        yield Kind(f"made: {title}", reason, cases)


def _drawn(draw: Callable[[np.random.Generator, Gray], Picture], image: UltrasoundImage) -> Picture:
    return draw(np.random.default_rng([SEED, *image.name.encode()]), shown(image))


def _paired(first: UltrasoundImage, second: UltrasoundImage, gap: int) -> Picture:
    return fitted(made.side_by_side(_scaled(first), _scaled(second), gap), SCREEN)


def _scaled(image: UltrasoundImage) -> Gray:
    """All of one height and width, as on a screen."""
    return fitted(image.pixels(), (512, 640))


def _screen(screen: Callable[[np.random.Generator, int, int], Gray], seed: int) -> Picture:
    return screen(np.random.default_rng([SEED, seed]), 768, 1024)


def moving_kinds(bra: Sequence[UltrasoundImage], usi: Sequence[UltrasoundImage]) -> Iterator[Kind]:
    """Simulated sweeps of stills, and the phantom."""
    for name, images in _tests(bra, usi).items():
        plain = [i for i, tag in images if not tag.text and i.name not in made.FLOW][:SWEPT]
        slow = [partial(_swept, image, seed) for seed, image in enumerate(plain)]
        yield Kind(f"made: slow sweeps of {name}", None, slow, stills=False)
        for speed, reason in ((0.7, None), (2.0, Unsuitable.TOO_FAST), (4.0, Unsuitable.TOO_FAST)):
            cases = [partial(_rushed, image, speed) for image in plain]
            yield Kind(f"made: {speed:g} widths a second, {name}", reason, cases, stills=False)
        frozen = [partial(_frozen, image) for image in plain[:10]]
        yield Kind(f"made: frozen {name}", Unsuitable.FROZEN, frozen, stills=False)
    phantoms = [partial(_phantom, seed) for seed in PHANTOMS]
    yield Kind("made: phantoms", None, phantoms, stills=False)


def _swept(image: UltrasoundImage, seed: int) -> Pictures:
    """Too short for the lift of the probe that longer ones have."""
    still = _without_canvas(image)
    return (f.pixels for f in StillSweep(still, None, seed).frames(SWEEP_FRAMES, RATE_HZ))


def _rushed(image: UltrasoundImage, widths_a_second: float) -> Pictures:
    """To and fro over the still and its mirror image, of fresh speckle in each frame."""
    still = _without_canvas(image)
    wide = np.hstack([still, still[:, ::-1], still])
    columns = still.shape[1]
    random = np.random.default_rng([SEED, *image.name.encode()])
    for index in range(SWEEP_FRAMES):
        way = index / RATE_HZ * widths_a_second * columns
        left = round(columns - abs(way % (2 * columns) - columns)) + round(0.5 * columns)
        coarse = random.normal(1, 0.15, (still.shape[0] // 4, columns // 4))
        speckle = cv2.resize(coarse, (columns, still.shape[0]), interpolation=cv2.INTER_CUBIC)
        seen = wide[:, left : left + columns] * speckle
        yield np.clip(seen, 0, 255).astype(np.uint8)


def _without_canvas(image: UltrasoundImage) -> Gray:
    """768 rows, and no black beside them, which a scan area leaves out."""
    pixels = image.pixels()
    return fitted(pixels, (round(pixels.shape[1] * 768 / pixels.shape[0]), 768))


def _frozen(image: UltrasoundImage) -> Pictures:
    """Half a second of a sweep, and its last picture for three."""
    sweep = [f.pixels for f in StillSweep(_without_canvas(image), None, 0).frames(15, RATE_HZ)]
    return sweep + [sweep[-1]] * round(3 * RATE_HZ)


def _phantom(seed: int) -> Pictures:
    """Half of a sweep as the source plays it: the way there."""
    return (frame.pixels for frame in islice(BModePhantom(seed).sweep(150), 75))

"""Does the shipped segmenter follow the calipers? Dice with them and with them painted out.

    python benchmarks/calipers.py --data bus-bra --report report.json

`calipers.json` marks the calipers (crosses, x marks, dots, their digits) of 60 BUS-BRA images of
fold 3. Each image is segmented as it is; with the strokes in the marked rectangles painted out;
and, as control, with the calipers left in and the same strokes painted out at random other places
as far from the lesion's edge: what painting alone costs. Differences are paired, their 95 %
intervals come from resampling patients.

A stroke is what differs from a local median (x marks have a dark rim), and a pixel around it. It
is filled from its edge (Telea 2004) and gets speckle from nearby: a smooth patch would be a mark.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.frame import Gray
from senoscope.models.engines.ways import Way
from senoscope.models.evaluation.metrics import Bools, bootstrap, dice
from senoscope.models.evaluation.ultrasound_sets import UltrasoundImage, read_bus_bra
from senoscope.models.package import Precision
from senoscope.models.segmenter import lesion_mask
from senoscope.ui.assemble import build_reader

Boxes = Sequence[Sequence[int]]  # left, top, width, height of each, in image pixels
Segment = Callable[[Gray], Bools]
BACKGROUND = 15  # side of the local median, in pixels: strokes never fill half of it
MARGIN = 12  # grey levels by which a stroke differs from it
CONTROLS = 5  # random placements; an image's control is their mean Dice


def inside(boxes: Boxes, like: NDArray[Any]) -> Bools:
    """(rows, columns) of `like`: in any box."""
    mask = np.zeros(like.shape, bool)
    for left, top, width, height in boxes:
        mask[top : top + height, left : left + width] = True
    return mask


def strokes(pixels: Gray, boxes: Boxes) -> Bools:
    """(rows, columns): what is drawn in the boxes, and a pixel around it."""
    differs = cv2.absdiff(pixels, cv2.medianBlur(pixels, BACKGROUND)) > MARGIN
    drawn = (differs & inside(boxes, pixels)).astype(np.uint8)
    return cv2.dilate(drawn, np.ones((3, 3), np.uint8)) > 0


def painted(pixels: Gray, drawn: Bools, marked: Bools, rng: np.random.Generator) -> Gray:
    """`pixels` without what was `drawn`; no speckle comes from near what is `marked`."""
    filled = cv2.inpaint(pixels, drawn.astype(np.uint8), 3, cv2.INPAINT_TELEA).astype(np.float32)
    level = cv2.GaussianBlur(pixels.astype(np.float32), (0, 0), 2.0)
    closed = cv2.dilate((drawn | marked).astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    closed[[0, -1]] = closed[:, [0, -1]] = True
    last = np.array(pixels.shape)[:, None] - 1
    count, parts = cv2.connectedComponents(drawn.astype(np.uint8))
    for part in range(1, count):
        place = np.nonzero(parts == part)
        least, speckle = np.inf, np.zeros(len(place[0]), np.float32)
        for shift in rng.integers(-35, 36, (200, 2, 1)):
            donor = tuple(np.clip(place + shift, 0, last))
            unlike = float(np.abs(level[donor] - filled[place]).mean())
            if unlike < least and not closed[donor].any():
                least, speckle = unlike, pixels[donor] - level[donor]
        filled[place] += speckle
    return np.clip(np.rint(filled), 0, 255).astype(np.uint8)


def elsewhere(drawn: Bools, boxes: Boxes, truth: Bools, rng: np.random.Generator) -> Bools:
    """Each box's strokes moved to where no box is, about as far from the lesion's edge."""
    outer = cv2.distanceTransform((~truth).astype(np.uint8), cv2.DIST_L2, 5)
    distance = outer - cv2.distanceTransform(truth.astype(np.uint8), cv2.DIST_L2, 5)
    marked, moved = inside(boxes, truth), np.zeros_like(drawn)
    for left, top, width, height in boxes:
        middle = distance[height // 2 :, width // 2 :]
        room = truth.shape[0] - height, truth.shape[1] - width
        _, y, x = min(
            (abs(float(middle[y, x] - middle[top, left])), y, x)
            for y, x in rng.integers(0, room, (600, 2), endpoint=True).tolist()
            if not marked[y : y + height, x : x + width].any()
        )
        moved[y : y + height, x : x + width] |= drawn[top : top + height, left : left + width]
    return moved


def dices(segment: Segment, image: UltrasoundImage, boxes: Boxes) -> tuple[float, ...]:
    """Of the image as it is, painted, and as control."""
    rng, pixels, truth = np.random.default_rng(0), image.pixels(), image.mask()
    drawn, marked = strokes(pixels, boxes), inside(boxes, pixels)
    others = [elsewhere(drawn, boxes, truth, rng) for _ in range(CONTROLS)]
    without = dice(segment(painted(pixels, drawn, marked, rng)), truth)
    controls = [dice(segment(painted(pixels, other, marked, rng)), truth) for other in others]
    return dice(segment(pixels), truth), without, float(np.mean(controls))


def compare(segment: Segment, images: Sequence[UltrasoundImage]) -> dict[str, Any]:
    """The report; its worst images are the ten that lose most Dice by painting."""
    boxes = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))["images"]
    used = [image for image in images if image.name in boxes]
    found = np.array([dices(segment, image, boxes[image.name]) for image in used])

    def gap(one: int, other: int) -> dict[str, Any]:
        gaps = found[:, one] - found[:, other]
        return asdict(bootstrap(lambda rows: float(gaps[rows].mean()), [i.group for i in used]))

    def named(of: NDArray[np.float64]) -> dict[str, float]:
        return dict(zip(("original", "painted", "control"), of.round(4).tolist(), strict=True))

    worst = np.argsort(found[:, 1] - found[:, 0])[:10]
    return {
        "n": len(used),
        "mean_dice": named(found.mean(axis=0)),
        "painted_minus_original": gap(1, 0),
        "control_minus_original": gap(2, 0),
        "painted_minus_control": gap(1, 2),
        "worst": [{"image": used[row].name, **named(found[row])} for row in worst],
    }


def main() -> None:
    """Compare and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of BUS-BRA")
    parser.add_argument("--precision", type=Precision, default=Precision.INT8, help="int8 or fp32")
    parser.add_argument("--report", type=Path, help="JSON file")
    given = parser.parse_args()
    reader = build_reader(Way("openvino", given.precision))

    def segment(pixels: Gray) -> Bools:
        rows, columns = pixels.shape
        return lesion_mask(reader.segmenter.segment(pixels).lesions, (rows, columns))

    about = {"model": reader.description.models[0], "precision": given.precision}
    report = json.dumps(about | compare(segment, read_bus_bra(given.data)), indent=2)
    print(report)
    if given.report:
        given.report.write_text(report + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

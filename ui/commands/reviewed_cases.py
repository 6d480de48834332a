"""A site's reviewed cases: a CSV of images, each with whose it is and what the lesion was.

No message holds a cell's text: patients' names stand in them, in names of files too.
"""

from __future__ import annotations

import csv
import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

from senoscope.domain.errors import DataSetError, ImageError
from senoscope.domain.frame import Gray
from senoscope.models.reader import UltrasoundReader
from senoscope.realtime.sources.images import read_image

COLUMNS = ("patient", "image", "malignant")
BOX_COLUMNS = ("left", "top", "width", "height")
LARGEST_FILE = 64 * 2**20
SMALLEST_BOX = 4
"""Pixels. Nothing smaller is a lesion's box."""
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class ReviewedCase:
    """One lesion. `box` is (left, top, width, height) in pixels; None: the reader is to find it.

    `line` of the file is what messages call it by.
    """

    line: int
    patient: str = field(repr=False)
    image: Path = field(repr=False)
    malignant: bool
    box: Box | None


@dataclass(frozen=True, slots=True)
class LookedAt:
    """A case and the network's logit, uncalibrated; None where no lesion was found."""

    case: ReviewedCase
    logit: float | None


def read_cases(path: Path) -> tuple[ReviewedCase, ...]:
    """Every case of a CSV. DataSetError says which line is wrong, and what is expected there."""
    rows = csv.reader(StringIO(_text(path), newline=""), strict=True)
    cases: list[ReviewedCase] = []
    try:
        head = [cell.strip().lower() for cell in next(rows, [])]
        places = _places(head)
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            if len(row) != len(head):
                raise _wrong(
                    rows.line_num, f"it has {len(row)} cells", f"{len(head)}, as the first line has"
                )
            cells = {name: row[place].strip() for name, place in places.items()}
            cases.append(_case(cells, path.parent, rows.line_num))
    except csv.Error as error:
        raise _wrong(
            rows.line_num, f"it is no line of a CSV ({error})", "quotes in pairs"
        ) from None
    if not cases:
        raise _wrong(rows.line_num, "the file ends there", "a line for each lesion")
    return tuple(cases)


def look_at(cases: Sequence[ReviewedCase], reader: UltrasoundReader) -> Iterator[LookedAt]:
    """What the network says of each. DataSetError for an image or box that cannot be used.

    The same lesion twice, and one picture of two patients, are refused: a patient would stand on
    both sides of a fit.
    """
    owners: dict[bytes, ReviewedCase] = {}
    seen: dict[tuple[bytes, Box | None], ReviewedCase] = {}
    for case in cases:
        pixels = _pixels(case)
        picture = hashlib.sha256(repr(pixels.shape).encode() + pixels.tobytes()).digest()
        owner = owners.setdefault(picture, case)
        if owner.patient != case.patient:
            raise _wrong(
                case.line, f"line {owner.line} gives the same picture to another patient",
                "each picture under one patient",
            )  # fmt: skip
        # A picture whose lesion is to be found shows one; with boxes, it may show several.
        twin = seen.get((picture, case.box)) or seen.get((picture, None))
        if twin is not None or (case.box is None and owner is not case):
            raise _wrong(
                case.line, f"line {(twin or owner).line} has the same picture and lesion",
                "each lesion once, and a box for each of several in one picture",
            )  # fmt: skip
        seen[picture, case.box] = case
        yield LookedAt(case, _logit(case, pixels, reader))


def _text(path: Path) -> str:
    try:
        if not path.is_file() or path.stat().st_size > LARGEST_FILE:
            raise DataSetError(
                f"{path} is no file of up to {LARGEST_FILE // 2**20} MB; expected a CSV with the "
                f"columns {', '.join(COLUMNS)}. Give another."
            )
        content = path.read_bytes()
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise DataSetError(
            f"{path} cannot be read: {error.strerror}. Check that you may open it."
        ) from error
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _wrong(line, "it is not UTF-8 text", "a file saved as CSV UTF-8") from None
    if "\0" in text:
        raise _wrong(text.count("\n", 0, text.index("\0")) + 1, "it holds a zero byte", "text")
    return text


def _places(head: Sequence[str]) -> Mapping[str, int]:
    """Where each column that is used stands. The header's own text is not said: it may be a row."""
    boxes = BOX_COLUMNS if set(BOX_COLUMNS) & set(head) else ()
    wanted = (*COLUMNS, *boxes)
    wrong = [name for name in wanted if head.count(name) != 1]
    if wrong:
        raise _wrong(
            1, f"the column {wrong[0]!r} is there {head.count(wrong[0])} times",
            f"the names {', '.join(COLUMNS)} and, all or none, {', '.join(BOX_COLUMNS)}, "
            "with commas between",
        )  # fmt: skip
    return {name: head.index(name) for name in wanted}


def _case(cells: Mapping[str, str], folder: Path, line: int) -> ReviewedCase:
    if not cells["patient"]:
        raise _wrong(line, "patient is empty", "any text that is the same for all of one patient")
    if cells["malignant"] not in ("0", "1"):
        raise _wrong(line, "malignant is neither 0 nor 1", "1 for malignant, 0 for benign")
    if not cells["image"] or Path(cells["image"]).is_absolute():
        raise _wrong(line, "image is empty or an absolute path", "a path relative to the CSV")
    image = folder / cells["image"]
    try:
        there = image.is_file()
    except OSError:  # such as a name too long for the disk
        there = False
    if not there:
        raise _wrong(line, "the image is not there", "an image file's path relative to the CSV")
    return ReviewedCase(line, cells["patient"], image, cells["malignant"] == "1", _box(cells, line))


def _box(cells: Mapping[str, str], line: int) -> Box | None:
    texts = [cells.get(name, "") for name in BOX_COLUMNS]
    if not any(texts):
        return None
    try:
        left, top, width, height = box = tuple(float(text) for text in texts)
        usable = all(math.isfinite(each) for each in box) and min(left, top) >= 0
        usable = usable and min(width, height) >= SMALLEST_BOX
    except ValueError:
        usable = False
    if not usable:
        raise _wrong(
            line, "the box is not four such numbers",
            f"left and top from 0, width and height from {SMALLEST_BOX} pixels, or all four empty",
        )  # fmt: skip
    return left, top, width, height


def _pixels(case: ReviewedCase) -> Gray:
    try:
        pixels = read_image(case.image)
    except ImageError as error:
        cause = error.__cause__
        why = cause.strerror if isinstance(cause, OSError) else cause
        raise _wrong(case.line, f"the image cannot be used ({why})", "a whole image") from None
    rows, columns = pixels.shape
    if case.box is not None:
        left, top, width, height = case.box
        if left + width > columns or top + height > rows:
            raise _wrong(
                case.line, f"the box leaves its picture of {columns}x{rows} pixels",
                "left, top, width and height in pixels of that picture",
            )  # fmt: skip
    return pixels


def _logit(case: ReviewedCase, pixels: Gray, reader: UltrasoundReader) -> float | None:
    if case.box is not None:
        left, top, width, height = case.box
        box = left, top, left + width - 1, top + height - 1
    else:
        findings = reader.read(pixels, 0).findings
        if not findings:
            return None
        box = findings[0].lesion.box
    return reader.classifier.logit(pixels, box)


def _wrong(line: int, given: str, expected: str) -> DataSetError:
    return DataSetError(f"Line {line} of the cases: {given}; expected {expected}. Mend that line.")

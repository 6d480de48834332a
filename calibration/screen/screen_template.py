"""A scanner's screen, known again: its field of view and where things are drawn round it.

    version: 1
    name: Breast preset, linear probe
    area: 210,90,600,520 of 1024x768
    outline: null
    dual: false
    drawn: ['................................', '#####.......##..', ...]

`drawn` has a letter for each cell of a grid over the screen, '#' where something stands still.
A cell is wider than a letter: what is written there cannot be read from it, so that a template may
be shared.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import cast

import cv2
import numpy as np
import yaml  # type: ignore[import-untyped]

from senoscope.calibration.screen.field_of_view import MOST_POINTS, FieldOfView, Point
from senoscope.calibration.screen.tissue_map import Mask
from senoscope.domain.errors import SettingsError
from senoscope.domain.frame import Gray, ScanArea

VERSION = 1
GRID = (32, 24)
"""Cells across and down."""
LARGEST_FILE = 16_384
"""Bytes. A template has about two thousand."""
LIKE = 0.7
"""Of the cells drawn on in template or picture, those drawn on in both, for one to match."""
LONGEST_NAME = 80

_EDGE = 24  # grey values to the next pixel: drawn, and more than a coded ground has
_SHARE = 0.01  # of a cell's pixels
_STILL = 6
_KEYS = {"version", "name", "area", "outline", "dual", "drawn"}
_DEEPEST = 4
_OPENING = (
    yaml.BlockMappingStartToken,
    yaml.BlockSequenceStartToken,
    yaml.FlowMappingStartToken,
    yaml.FlowSequenceStartToken,
)
_CLOSING = (yaml.BlockEndToken, yaml.FlowMappingEndToken, yaml.FlowSequenceEndToken)
_NAME = re.compile(r"[^\W_][\w .,()/+-]*")


@dataclass(frozen=True, slots=True)
class ScreenTemplate:
    """`drawn` is GRID rows of letters, '#' or '.'. SettingsError says what is wrong."""

    name: str
    field: FieldOfView
    drawn: tuple[str, ...]

    def __post_init__(self) -> None:
        if not (len(self.name) <= LONGEST_NAME and _NAME.fullmatch(self.name)):
            raise SettingsError(
                f"A template's name of {len(self.name)} characters was given; expected 1 to "
                f"{LONGEST_NAME} letters, digits, spaces and .,()/+- on one line. Name the scanner "
                "and preset, never a patient."
            )
        columns, rows = GRID
        if len(self.drawn) != rows or any(
            len(row) != columns or set(row) - {"#", "."} for row in self.drawn
        ):
            raise SettingsError(
                f"A template's 'drawn' is not understood; expected {rows} rows of {columns} "
                "letters, each # or '.'. Save the template again."
            )

    @classmethod
    def of(cls, name: str, field: FieldOfView, pictures: Sequence[Gray]) -> ScreenTemplate:
        """From the pictures, of one size, in which the field was found."""
        cells = _drawn(pictures, field)
        return cls(
            name, field, tuple("".join("#" if cell else "." for cell in row) for row in cells)
        )

    def matches(self, pixels: Gray) -> bool:
        """Whether a screen has the same size, and the same things stand round the field."""
        if pixels.shape != self.field.inside.shape:
            return False
        known = np.array([[letter == "#" for letter in row] for row in self.drawn])
        now = _drawn([pixels], self.field)
        union = np.count_nonzero(known | now)
        return bool(union) and bool(np.count_nonzero(known & now) >= LIKE * union)

    def text(self) -> str:
        """YAML, that `parse` reads."""
        outline = self.field.outline
        stored = {
            "version": VERSION,
            "name": self.name,
            "area": str(self.field.area),
            "outline": None if outline is None else [list(point) for point in outline],
            "dual": self.field.dual,
            "drawn": list(self.drawn),
        }
        return str(yaml.safe_dump(stored, sort_keys=False, allow_unicode=True))

    @classmethod
    def parse(cls, text: str) -> ScreenTemplate:
        """Read what `text` gives. SettingsError says why not; nothing in it is ever run."""
        stored = _mapping(text)
        if stored["version"] != VERSION or isinstance(stored["version"], bool):
            raise SettingsError(
                f"The template is of another version; expected {VERSION}. Save it again with this "
                "version of Senoscope."
            )
        if not (isinstance(stored["name"], str) and isinstance(stored["area"], str)):
            raise _not_understood("'name' and 'area' are not both text")
        if not isinstance(stored["dual"], bool):
            raise _not_understood("'dual' is neither true nor false")
        if len(stored["area"]) > LONGEST_NAME:
            raise _not_understood("'area' is too long")
        area = ScanArea.parse(stored["area"])
        field = FieldOfView(area, _outline(stored["outline"]), stored["dual"])
        drawn = stored["drawn"]
        if not (isinstance(drawn, list) and all(isinstance(row, str) for row in drawn)):
            raise _not_understood("'drawn' is no list of rows")
        return cls(stored["name"], field, tuple(drawn))


def read_template(path: Path) -> ScreenTemplate:
    """SettingsError where the file is no template."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
        return ScreenTemplate.parse(content.decode("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise _not_understood(f"{path.name}: {type(error).__name__}") from error


def _mapping(text: str) -> Mapping[str, object]:
    if len(text.encode("utf-8", "replace")) > LARGEST_FILE:
        raise _not_understood(f"it is larger than {LARGEST_FILE} bytes")
    try:
        _require_plain(text)
        stored = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise _not_understood("it is not YAML that a template may hold") from error
    if not isinstance(stored, dict) or set(stored) != _KEYS:
        raise _not_understood(f"it does not hold {', '.join(sorted(_KEYS))} and nothing else")
    return cast("Mapping[str, object]", stored)


def _require_plain(text: str) -> None:
    """No alias, which can make a small file enormous, nor nesting, which takes minutes to read."""
    depth = 0
    for token in yaml.scan(text):
        if isinstance(token, yaml.AliasToken | yaml.AnchorToken):
            raise _not_understood("it refers to parts of itself")
        depth += isinstance(token, _OPENING) - isinstance(token, _CLOSING)
        if depth > _DEEPEST:
            raise _not_understood("it is nested too deep")


def _outline(stored: object) -> tuple[Point, ...] | None:
    if stored is None:
        return None
    if not isinstance(stored, list) or len(stored) > MOST_POINTS:
        raise _not_understood(f"'outline' is no list of at most {MOST_POINTS} points")
    points = []
    for point in stored:
        if not (
            isinstance(point, list) and len(point) == 2 and all(type(side) is int for side in point)
        ):
            raise _not_understood("a point of 'outline' is not two whole numbers")
        points.append((point[0], point[1]))
    return tuple(points)


def _drawn(pictures: Sequence[Gray], field: FieldOfView) -> Mask:
    """(GRID rows, columns): edges that stand still outside the field."""
    still = cv2.subtract(reduce(np.maximum, pictures), reduce(np.minimum, pictures)) < _STILL
    pixels = pictures[-1]
    edges = np.zeros(pixels.shape, np.bool_)
    edges[:, :-1] = cv2.absdiff(pixels[:, 1:], pixels[:, :-1]) >= _EDGE
    # The field's own edge moves with its tissue.
    around = cv2.dilate(field.inside.astype(np.uint8), np.ones((9, 9), np.uint8)) == 0
    shares = cv2.resize(
        (edges & still & around).astype(np.float32), GRID, interpolation=cv2.INTER_AREA
    )
    return np.asarray(shares >= _SHARE)


def _not_understood(why: str) -> SettingsError:
    return SettingsError(
        f"The screen template is not understood: {why}; expected a file that Senoscope saved. Ask "
        "for it again, or find the field of view on this scanner."
    )

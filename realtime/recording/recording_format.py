"""The format of a recording: frames as captured and what was read of them, in one file of records.

    record  = magic 93 "SEN", kind, length, CRC-32 of kind, length and payload (16 bytes), payload
    header  1  JSON: version, source, size, simulated, scan area, software, start
    frame   2  index, captured_at_ns, spacing, form, cells of colour, then these and the pixels
    reading 3  JSON: a Reading without its `stage_ms`; floats as `repr`, so exact
    end     4  JSON: what was lost while recording; absent where the recording was cut off

Numbers are little-endian. Records are only ever appended, so a file that breaks off anywhere is
read up to there. Nothing in it is taken at its word: no length is believed before it is held
against what the header allows.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import IntEnum
from math import isfinite
from struct import Struct, error
from time import monotonic_ns
from typing import Any, NoReturn

import numpy as np

from senoscope import __version__
from senoscope.domain.errors import SenoscopeError
from senoscope.domain.frame import ColourMap, Frame, ScanArea, require_usable_size
from senoscope.domain.lesion import Lesion
from senoscope.domain.reading import Finding, Reading, Suspicion, Unsuitable
from senoscope.domain.spacing import CalibratedSpacing, PixelSpacing, SpacingOrigin
from senoscope.realtime.recording.pixel_packing import pack, unpack

VERSION = 2
ENDING = ".senoscope"
MAGIC = b"\x93SEN"
HEAD = Struct("<4sIII")
LARGEST_TEXT = 2**20
"""Bytes of JSON. A reading of three lesions takes some 10 thousand."""

UNUSABLE = (
    ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError,
    zlib.error, error, SenoscopeError,
)  # fmt: skip
"""What reading a record that is not as this file writes it may raise."""

_SUM = Struct("<II")
_FRAME = Struct("<QQdddBBHH")
_PACKED, _COLOURED = 1, 2
_ORIGINS = (
    None,
    SpacingOrigin.DICOM_REGION,
    SpacingOrigin.OPENIGTLINK,
    SpacingOrigin.RULER,
    SpacingOrigin.TWO_POINTS,
    SpacingOrigin.PHANTOM,
    SpacingOrigin.DICOM_SPACING,
)
"""By their number in a frame's record, which files keep: what is new comes last."""
_LAST_INDEX = 2**48
_LAST_NS = 2**62


class Kind(IntEnum):
    """What a record holds."""

    HEADER = 1
    FRAME = 2
    READING = 3
    END = 4


@dataclass(frozen=True, slots=True)
class RecordingHeader:
    """What holds for all frames of a recording.

    `source_name` is the page's word, never a file's name. `size` is (columns, rows) of the frames,
    `scan_area` what they were cut from, None where nothing was cut. `started_ns` is
    `time.monotonic_ns()` at `started_at`, so that capture times can be told as time of day.
    """

    source_name: str
    size: tuple[int, int]
    simulated: bool
    scan_area: ScanArea | None = None
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    started_ns: int = field(default_factory=monotonic_ns)
    software: str = f"Senoscope {__version__}"
    version: int = VERSION

    def __post_init__(self) -> None:
        require_usable_size(*self.size)


@dataclass(frozen=True, slots=True)
class RecordingEnd:
    """How a recording ended. `lost` frames and readings came faster than they could be kept.

    `message` says why it ended by itself, "" where it was stopped.
    """

    lost: int
    lost_readings: int
    message: str = ""


def longest(kind: int, header: RecordingHeader | None) -> int:
    """Bytes that a payload of that kind may have; without a header only a header's."""
    if kind == Kind.FRAME and header is not None:
        pixels = header.size[0] * header.size[1]
        return _FRAME.size + (pixels + 7) // 8 + pixels
    return LARGEST_TEXT


def record(kind: Kind, payload: bytes) -> bytes:
    """A whole record. ValueError where the payload is longer than a reader would accept."""
    if kind != Kind.FRAME and len(payload) > LARGEST_TEXT:
        raise ValueError(f"{len(payload)} bytes for a record of at most {LARGEST_TEXT}")
    return HEAD.pack(MAGIC, kind, len(payload), checksum(kind, payload)) + payload


def checksum(kind: int, payload: bytes) -> int:
    """CRC-32 of kind, length and payload."""
    return zlib.crc32(payload, zlib.crc32(_SUM.pack(kind, len(payload))))


def header_record(header: RecordingHeader) -> bytes:
    """The first record of a file."""
    facts = asdict(header) | {
        "scan_area": None if header.scan_area is None else str(header.scan_area),
        "started_at": header.started_at.astimezone(UTC).isoformat(),
    }
    return record(Kind.HEADER, _as_json(facts))


def header_from(payload: bytes) -> RecordingHeader:
    """Undo `header_record`. One of `UNUSABLE` where it cannot be."""
    facts = _from_json(payload)
    area = facts["scan_area"]
    columns, rows = (_count(side, 2**16) for side in facts["size"])
    return RecordingHeader(
        source_name=str(facts["source_name"])[:200],
        size=(columns, rows),
        simulated=facts["simulated"] is not False,
        scan_area=None if area is None else ScanArea.parse(area),
        started_at=datetime.fromisoformat(facts["started_at"]),
        started_ns=_count(facts["started_ns"], _LAST_NS),
        software=str(facts["software"])[:200],
        version=_count(facts["version"], 2**31),
    )


def frame_record(frame: Frame, packed: bool) -> bytes:
    """A frame, its pixels packed where asked and where that makes them smaller."""
    data = pack(frame.pixels) if packed else b""
    form = _PACKED if packed and len(data) < frame.pixels.size else 0
    rows = columns = 0
    cells = b""
    if frame.colour is not None:
        form |= _COLOURED
        rows, columns = frame.colour.shape
        cells = np.packbits(frame.colour).tobytes()
    facts = _FRAME.pack(
        frame.index, frame.captured_at_ns, *_spacing_facts(frame.spacing), form, rows, columns
    )
    return record(Kind.FRAME, facts + cells + (data if form & _PACKED else frame.pixels.tobytes()))


def frame_from(payload: bytes, header: RecordingHeader) -> Frame:
    """Undo `frame_record`, in memory bounded by the header's size. One of `UNUSABLE` otherwise."""
    index, captured_at_ns, *spacing, form, cell_rows, cell_columns = _FRAME.unpack_from(payload)
    cells = cell_rows, cell_columns
    columns, rows = header.size
    if form > _PACKED | _COLOURED or cells[0] > rows or cells[1] > columns:
        raise ValueError(f"form {form} with {cells} cells for a frame of {columns}x{rows}")
    begins = _FRAME.size + (cells[0] * cells[1] + 7) // 8
    data = payload[begins:]
    if form & _PACKED:
        pixels = unpack(data, rows, columns)
    else:
        pixels = np.frombuffer(data, np.uint8).reshape(rows, columns)
    return Frame(
        pixels,
        _count(index, _LAST_INDEX),
        _count(captured_at_ns, _LAST_NS),
        _spacing(*spacing),
        header.simulated,
        _bits(payload[_FRAME.size : begins], *cells) if form & _COLOURED else None,
    )


def reading_record(reading: Reading) -> bytes:
    """A reading, exact. ValueError where it holds what is no number, or is too large."""
    findings = [
        {
            "probability": float(each.probability),
            "suspicion": each.suspicion,
            "presence": float(each.lesion.presence),
            "area_px": float(each.lesion.area_px),
            "contour": each.lesion.contour.tolist(),
        }
        for each in reading.findings
    ]
    facts = {
        "frame_index": reading.frame_index,
        "presence": float(reading.presence),
        "dismissed": reading.dismissed,
        "unsuitable": reading.unsuitable,
        "findings": findings,
    }
    return record(Kind.READING, _as_json(facts))


def reading_from(payload: bytes) -> Reading:
    """Undo `reading_record`; `stage_ms` is empty. One of `UNUSABLE` where it cannot be."""
    facts = _from_json(payload)
    return Reading(
        frame_index=_count(facts["frame_index"], _LAST_INDEX),
        findings=tuple(_finding(each) for each in facts["findings"]),
        presence=_share(facts["presence"]),
        dismissed=_count(facts["dismissed"], 2**31),
        unsuitable=facts["unsuitable"] and Unsuitable(facts["unsuitable"]),
    )


def end_record(end: RecordingEnd) -> bytes:
    """The last record of a recording that was not cut off."""
    return record(Kind.END, _as_json(asdict(end)))


def end_from(payload: bytes) -> RecordingEnd:
    """Undo `end_record`. One of `UNUSABLE` where it cannot be."""
    facts = _from_json(payload)
    lost, lost_readings = (_count(facts[name], _LAST_INDEX) for name in ("lost", "lost_readings"))
    return RecordingEnd(lost, lost_readings, str(facts["message"])[:1000])


def _bits(data: bytes, rows: int, columns: int) -> ColourMap:
    bits = np.unpackbits(np.frombuffer(data, np.uint8), count=rows * columns)
    return bits.reshape(rows, columns).astype(np.bool_)


def _spacing_facts(spacing: CalibratedSpacing | None) -> tuple[float, float, float, int]:
    """Of each frame: a reader that misses one must not show the millimetres of another."""
    if spacing is None:
        return 0.0, 0.0, 0.0, 0
    of = spacing.spacing
    return of.row_mm, of.column_mm, spacing.uncertainty_percent, _ORIGINS.index(spacing.origin)


def _spacing(row_mm: float, column_mm: float, percent: float, of: int) -> CalibratedSpacing | None:
    origin = _ORIGINS[of]
    if origin is None:
        return None
    return CalibratedSpacing(PixelSpacing(row_mm, column_mm), origin, percent)


def _finding(facts: dict[str, Any]) -> Finding:
    with np.errstate(over="ignore"):
        contour = np.array(facts["contour"], np.float32)
    if not np.isfinite(contour).all():
        raise ValueError("a contour's point is no number")
    lesion = Lesion(contour, _number(facts["area_px"]), _share(facts["presence"]))
    return Finding(lesion, _share(facts["probability"]), Suspicion(facts["suspicion"]))


def _count(value: object, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise ValueError(f"expected a count of at most {most}")
    return value


def _number(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not isfinite(value):
        raise ValueError("expected a number")
    return float(value)


def _share(value: object) -> float:
    number = _number(value)
    if not 0 <= number <= 1:
        raise ValueError("expected 0 to 1")
    return number


def _as_json(facts: object) -> bytes:
    return json.dumps(facts, allow_nan=False, separators=(",", ":")).encode("utf-8")


def _from_json(payload: bytes) -> dict[str, Any]:
    def refuse(word: str) -> NoReturn:
        raise ValueError(f"{word} is no number")

    facts = json.loads(payload, parse_constant=refuse)
    if not isinstance(facts, dict):
        raise TypeError("expected an object")
    return facts

"""OpenIGTLink's stream of bytes becomes messages, and a message a picture."""

from __future__ import annotations

import importlib
import struct
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import ImageError, InstallationError, SourceLost
from senoscope.domain.frame import LARGEST_SIDE
from senoscope.domain.spacing import CalibratedSpacing, PixelSpacing, SpacingOrigin
from senoscope.realtime.sources.opencv import Picture

HEADER_BYTES = 58
LARGEST_BODY = 3 * LARGEST_SIDE**2 + 2**16
"""Bytes. The largest picture in colour, its own head and some metadata."""
SMALLEST_MM, LARGEST_MM = 0.01, 1.0
"""Between pixels of a breast ultrasound. A matrix that says 1 exactly was not calibrated: it is
what a sender that knows no millimetres fills in."""

_MALFORMED = (LookupError, NotImplementedError, OverflowError, TypeError, ValueError, struct.error)
"""What pyigtl raises at a message that breaks the rules."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it came: the fields of its header and its body."""

    header: dict[str, Any]
    body: bytes


class Inbox:
    """Collects what comes from one server and gives out its newest image message.

    `device` "" takes the first device that sends an image, and stays with it.
    """

    def __init__(self, device: str = "") -> None:
        self._device = device
        self._bytes = bytearray()
        self._parse_header = pyigtl_messages().MessageBase.parse_header

    def add(self, part: bytes) -> None:
        """What was received."""
        self._bytes += part

    def newest(self) -> Message | None:
        """The last whole image of all that came; those before it are passed over.

        SourceLost where it is no OpenIGTLink, or announces more than `LARGEST_BODY`.
        """
        found = None
        while len(self._bytes) >= HEADER_BYTES:
            header = self._header()
            end = HEADER_BYTES + header["body_size"]
            if len(self._bytes) < end:
                break
            if self._is_meant(header):
                found = Message(header, bytes(memoryview(self._bytes)[HEADER_BYTES:end]))
            del self._bytes[:end]
        return found

    def _header(self) -> dict[str, Any]:
        try:
            header: dict[str, Any] = self._parse_header(bytes(self._bytes[:HEADER_BYTES]))
        except _MALFORMED as error:
            raise SourceLost(f"What was sent is no OpenIGTLink message. {_REMEDY}") from error
        if header["body_size"] > LARGEST_BODY:
            raise SourceLost(
                f"A message of {header['body_size']} bytes was announced; expected at most "
                f"{LARGEST_BODY}, a 2-D picture of {LARGEST_SIDE} pixels a side. {_REMEDY}"
            )
        return header

    def _is_meant(self, header: dict[str, Any]) -> bool:
        if header["message_type"] != "IMAGE":
            return False
        self._device = self._device or header["device_name"]
        return bool(header["device_name"] == self._device)


def pyigtl_messages() -> ModuleType:
    """Its message types. Its client is not used: see docs/decisions/0016-openigtlink.md."""
    try:
        return importlib.import_module("pyigtl.messages")
    except ImportError as error:
        raise InstallationError(
            f"OpenIGTLink could not be loaded ({error}); expected the package pyigtl. Install it: "
            "pip install 'senoscope[openigtlink]'."
        ) from error


def picture_of(message: Message) -> tuple[Picture, CalibratedSpacing | None]:
    """Grey, or blue, green, red; and millimetres where the message's matrix can be believed.

    ImageError where it is not one 8-bit 2-D picture.
    """
    parsed = pyigtl_messages().ImageMessage()
    try:
        parsed.unpack(message.header, message.body)
    except _MALFORMED as error:
        raise ImageError(f"An OpenIGTLink image message is damaged. {_REMEDY}") from error
    # Axes k, j, i and, of colours, the components; i is the fastest.
    voxels: NDArray[np.generic] = parsed.image
    components = voxels.shape[3] if voxels.ndim == 4 else 1
    flat = [axis for axis in range(3) if voxels.shape[axis] == 1]
    if voxels.dtype != np.uint8 or components not in (1, 3, 4) or not flat:
        sides = "x".join(str(side) for side in reversed(voxels.shape[:3]))
        raise ImageError(
            f"An OpenIGTLink image of {sides} {voxels.dtype} values, {components} to a pixel, was "
            "sent; expected one plane of unsigned 8-bit grey or RGB. Set the server to send the "
            "scanner's 2-D B-mode picture."
        )
    plane = voxels.squeeze(axis=flat[0])
    rows_axis, columns_axis = (axis for axis in range(3) if axis != flat[0])
    picture = plane[..., 2::-1] if plane.ndim == 3 else plane
    steps = np.linalg.norm(parsed.ijk_to_world_matrix[:3, :3], axis=0)
    return picture, _spacing(float(steps[2 - rows_axis]), float(steps[2 - columns_axis]))


def _spacing(row_mm: float, column_mm: float) -> CalibratedSpacing | None:
    if all(SMALLEST_MM <= each < LARGEST_MM for each in (row_mm, column_mm)):
        return CalibratedSpacing(PixelSpacing(row_mm, column_mm), SpacingOrigin.OPENIGTLINK)
    return None


_REMEDY = (
    "Check that the address is that of an OpenIGTLink server (PLUS, 3D Slicer or the scanner) "
    "that sends a 2-D picture."
)

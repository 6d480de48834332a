"""A file whose announced lengths are not believed."""

from __future__ import annotations

from typing import BinaryIO

from senoscope.domain.errors import SourceUnavailable

LARGEST_HEADER = 4 * 2**20
"""Bytes that may be read of what comes before the pixels. Each element costs some hundred more."""


class WaryFile:
    """The verbs by which pydicom reads a header, up to `LARGEST_HEADER` bytes in all.

    An element that announces gigabytes would otherwise be given memory for them.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._left = LARGEST_HEADER

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes. SourceUnavailable where the budget does not hold them."""
        if not 0 <= size <= self._left:
            raise SourceUnavailable(
                f"The DICOM file's header is larger than {LARGEST_HEADER // 2**20} MB; expected "
                "an ultrasound cine with a header of some kilobytes. Export it again from the "
                "scanner."
            )
        self._left -= size
        return self._file.read(size)

    def seek(self, place: int, whence: int = 0, /) -> int:
        """As of any file."""
        return self._file.seek(place, whence)

    def tell(self) -> int:
        """As of any file."""
        return self._file.tell()

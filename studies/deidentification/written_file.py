"""A clean object on the disk, and the look at it afterwards."""

from __future__ import annotations

import io
import os
import struct
from pathlib import Path

import numpy as np
from pydicom import Dataset, FileMetaDataset, dcmread, dcmwrite, uid

from senoscope.studies.deidentification.clean_pixels import CleanPixels, keep_lossy_history
from senoscope.studies.deidentification.identity_search import Identity
from senoscope.studies.files.study_files import FoundFile


def head_of(header: Dataset, pixels: CleanPixels | None, found: FoundFile) -> bytes:
    """A cleaned header as it is written, in explicit little endian; with pixels their head, too."""
    if pixels is not None:
        pixels.describe(header)
        keep_lossy_history(header, found, pixels.length)
    header.file_meta = FileMetaDataset()
    header.file_meta.TransferSyntaxUID = uid.ExplicitVRLittleEndian
    head = io.BytesIO()
    dcmwrite(head, header, enforce_file_format=True)
    if pixels is not None:
        kind = b"OW" if int(header.BitsAllocated) > 8 else b"OB"
        even = pixels.length + pixels.length % 2
        head.write(b"\xe0\x7f\x10\x00" + kind + struct.pack("<HL", 0, even))
    return head.getvalue()


def write_object(path: Path, head: bytes, pixels: CleanPixels | None) -> None:
    """Write it, frame by frame."""
    with path.open("xb") as file:
        file.write(head)
        if pixels is not None:
            for frame in pixels:
                file.write(frame)
            file.write(bytes(pixels.length % 2))
        file.flush()
        os.fsync(file.fileno())


def trouble_in(path: Path, head: int, identity: Identity, pixels: CleanPixels | None) -> list[str]:
    """What is found in the file as it is on the disk, by kinds; empty where it is clean.

    `head`: bytes before the pixels' values.
    """
    with path.open("rb") as file:
        content = file.read(head)
    found = identity.found_in(content, dcmread(path, stop_before_pixels=True))
    due = head if pixels is None else head + pixels.length
    if path.stat().st_size - due not in (0, 1):
        found.append("another length of pixels")
    elif pixels is not None and pixels.area is not None and _is_bright_outside(path, head, pixels):
        found.append("a bright pixel outside the tissue")
    return found


def _is_bright_outside(path: Path, start: int, pixels: CleanPixels) -> bool:
    assert pixels.area is not None
    outside = ~pixels.area.inside
    count = len(pixels.frames)
    with path.open("rb") as file:
        file.seek(start)
        for _ in range(count):
            frame = np.frombuffer(file.read(pixels.length // count), np.uint8)
            if frame.reshape(*outside.shape, -1)[outside].any():
                return True
    return False

"""From what a person types to a source, DICOM files among them."""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict, Unpack

from senoscope.realtime.sources.base import Source
from senoscope.realtime.sources.choose import source_from_text
from senoscope.realtime.sources.clip import ClipSource


class SourceOptions(TypedDict, total=False):
    """See `source_from_text`, whose defaults hold."""

    rate_hz: float | None
    flat_out: bool
    size: tuple[int, int]
    repeat: bool
    phantom_frames: int


def named_source(text: str, **options: Unpack[SourceOptions]) -> Source:
    """The source a person named: a DICOM file whatever its name, else as `source_from_text`.

    SourceUnavailable also where a DICOM file is none that is read.
    """
    path = _dicom_file(text)
    if path is None:
        return source_from_text(text, **options)
    # Here, since pydicom takes a quarter of a second, which other sources need not wait for.
    from senoscope.studies.images.ultrasound_clip import read_clip  # noqa: PLC0415

    return ClipSource(
        read_clip(path),
        options.get("rate_hz"),
        options.get("flat_out", False),
        options.get("repeat", False),
    )


def _dicom_file(text: str) -> Path | None:
    """The file meant, where its content says that it is DICOM."""
    try:
        path = Path(text.strip()).expanduser()
        # Of a pipe or a device, the head would be waited for.
        if not path.is_file():
            return None
        with path.open("rb") as file:
            return path if file.read(132)[128:] == b"DICM" else None
    except (OSError, RuntimeError, ValueError):  # `source_from_text` says what is wrong with it
        return None

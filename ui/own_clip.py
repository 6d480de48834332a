"""The user's own calibration clip: images of their scanner, beside the simulated frames."""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_data_path

from senoscope.domain.frame import Gray
from senoscope.realtime.sources.choose import source_from_text

MOST_FRAMES = 200
"""Of the clip, from its beginning: each engine reads them all."""


def own_clip_folder() -> Path:
    """Where a user puts images that engines are to be compared on; read only where it is there."""
    return user_data_path("senoscope", appauthor=False) / "calibration-clip"


def own_clip(folder: Path) -> tuple[Gray, ...]:
    """(rows, columns) frames of the images in `folder`, none where there is no such folder.

    SourceUnavailable or ImageError says what is wrong with it.
    """
    if not folder.is_dir():
        return ()
    source = source_from_text(str(folder), flat_out=True)
    frames: list[Gray] = []
    try:
        source.open()
        while len(frames) < MOST_FRAMES and (frame := source.grab()) is not None:
            frames.append(frame.pixels)
    finally:
        source.close()
    return tuple(frames)


def own_clip_state(folder: Path) -> str:
    """Changes whenever the clip does."""
    if not folder.is_dir():
        return "no clip"
    stats = ((path.name, path.stat()) for path in sorted(folder.iterdir()))
    return str([(name, stat.st_size, stat.st_mtime_ns) for name, stat in stats])

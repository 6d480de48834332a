"""One AI process for all studies that this process reads: its networks are loaded once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from senoscope.realtime.clip_sequence import ClipSequence
from senoscope.realtime.worker import BuildReader


class LastingClips:
    """What `UltrasoundClip.open_clips` may be; given up after a study that failed. One thread."""

    def __init__(self) -> None:
        self._kept: ClipSequence | None = None

    @contextmanager
    def __call__(self, build_reader: BuildReader) -> Iterator[ClipSequence]:
        """The same one each time, unless the study before failed."""
        clips, self._kept = self._kept or ClipSequence(build_reader), None
        clips.begin_study()
        try:
            yield clips
        except BaseException:
            clips.__exit__(None, None, None)
            raise
        self._kept = clips

    def close(self) -> None:
        """End the AI process."""
        if self._kept is not None:
            self._kept.__exit__(None, None, None)
            self._kept = None

"""A reader for rooms whose networks are not what is tried: the same lesion in every frame."""

from __future__ import annotations

from typing import Any

from senoscope.domain.frame import Gray
from senoscope.domain.reading import ReaderDescription, Reading
from tests import builders


class PhantomReader:
    """Costs nothing, so that several rooms fit on two cores."""

    description = ReaderDescription("Fake engine", ("fake model",))

    def read(self, pixels: Gray, frame_index: int) -> Reading:
        return builders.reading(frame_index)


def build_phantom_reader(*_: Any, **__: Any) -> PhantomReader:
    return PhantomReader()

"""Frames for peers, made ready once."""

from __future__ import annotations

import pytest

from senoscope.calibration.phantoms.bmode import BModePhantom
from senoscope.models.package import CLASSIFIER, SEGMENTER, load_package
from senoscope.models.peers.reading import Given, made_ready
from senoscope.realtime.sources.benchmark_source import SEED, SWEEP
from senoscope.ui.assemble import build_reader

FRAMES = 3


@pytest.fixture(scope="session")
def given() -> list[Given]:
    """The first frames of a sweep in which the reader outlines one lesion, that is there."""
    reader, packages = build_reader(), (load_package(SEGMENTER), load_package(CLASSIFIER))
    found: list[Given] = []
    for frame in BModePhantom(SEED, 512, 384).sweep(SWEEP):
        boxes = [lesion.box for lesion in reader.lesions(frame.pixels)]
        if len(boxes) == len(frame.truth) == len(reader.read(frame.pixels, 0).findings) == 1:
            found.append(made_ready(frame.pixels, boxes, *packages))
        if len(found) == FRAMES:
            break
    return found

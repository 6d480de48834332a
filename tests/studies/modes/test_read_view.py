from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from senoscope.domain.spacing import PixelSpacing
from senoscope.models.programmed.mammography.breast import Edge
from senoscope.models.programmed.mammography.cade import ViewCandidates
from senoscope.models.programmed.mammography.hanging import Hanging
from senoscope.studies.modes.read_view import nipple_facts
from tests.studies.mammograms import mammogram
from tests.studies.study_builders import folder_of, read

SHAPE = (500, 400)
NOWHERE = np.zeros((0, 2), np.float32)
FOUND = ViewCandidates((), NOWHERE, (30.0, 20.0), None, None, "CC", PixelSpacing(0.2, 0.1))


@pytest.mark.parametrize(
    ("wall", "stored", "down"),
    [
        (Edge.LEFT, (300, 100), "R"),
        (Edge.RIGHT, (99, 100), "R"),
        (Edge.TOP, (100, 300), "P"),
        (Edge.BOTTOM, (100, 199), "P"),
    ],
)
def test_the_nipple_is_told_where_it_is_stored(
    tmp_path: Path, wall: Edge, stored: tuple[float, float], down: str
) -> None:
    header = mammogram(PatientOrientation=["P", "R"])
    [study], _ = read(folder_of(tmp_path / "a", header))
    said = {each.name: each for each in nipple_facts(study.images[0], FOUND, Hanging(SHAPE, wall))}
    assert (said["nipple_x"].number, said["nipple_y"].number) == pytest.approx(stored)
    assert said["nipple_depth"].number == 30.0
    assert said["chest_wall"].word == wall.name.lower()
    assert said["down"].word == down


def test_what_is_not_known_is_not_told(tmp_path: Path) -> None:
    [study], _ = read(folder_of(tmp_path / "a", mammogram(PatientOrientation=None)))
    hanging = Hanging(SHAPE, Edge.LEFT)
    names = [each.name for each in nipple_facts(study.images[0], FOUND, hanging)]
    assert "down" not in names and len(names) == 4
    for lacks in ({"nipple_mm": None}, {"spacing": None}):
        assert list(nipple_facts(study.images[0], replace(FOUND, **lacks), hanging)) == []

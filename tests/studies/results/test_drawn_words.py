"""Words for regions that a person draws on a stored mammogram."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from senoscope.domain.errors import SettingsError
from senoscope.studies.results.drawn_words import drawn_words
from senoscope.studies.study_reading import FindingKind
from tests.studies.modes.drawn_exam import BALL, COLUMNS, DOTS, drawn, sick
from tests.studies.study_builders import folder_of, read

TOP = 40


def loop(x: float, y: float, radius: float) -> NDArray[np.float32]:
    angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    return np.stack([x + radius * np.cos(angle), y + TOP + radius * np.sin(angle)], 1).astype(
        np.float32
    )


@pytest.mark.parametrize("side", ["L", "R"])
def test_a_drawn_ball_is_round_on_either_side(tmp_path: Path, side: str) -> None:
    [study], _ = read(folder_of(tmp_path / "in", drawn(side, "CC", 1, sick())))
    outline = loop(BALL[0], BALL[1], 62)
    if side == "R":
        outline[:, 0] = COLUMNS - 1 - outline[:, 0]
    words = {each.name: each for each in drawn_words(study.images[0], outline, FindingKind.MASS)}
    assert set(words) == {"shape", "mammographic_margin"}
    assert words["shape"].word == "round", words["shape"]


def test_drawn_calcifications_are_grouped(tmp_path: Path) -> None:
    [study], _ = read(folder_of(tmp_path / "in", drawn("L", "CC", 1, sick())))
    x, y = np.mean(DOTS, axis=0)
    words = {
        each.name: each
        for each in drawn_words(study.images[0], loop(x, y, 45), FindingKind.CALCIFICATIONS)
    }
    assert words["calcification_distribution"].word == "grouped", words
    empty = drawn_words(study.images[0], loop(300, 250, 30), FindingKind.CALCIFICATIONS)
    assert all(each.word is None and "particles" in each.reason for each in empty)


def test_of_distortions_there_are_no_words(tmp_path: Path) -> None:
    [study], _ = read(folder_of(tmp_path / "in", drawn("L", "CC", 1, sick())))
    with pytest.raises(SettingsError, match="expected mass or calcifications"):
        drawn_words(study.images[0], loop(100, 100, 20), FindingKind.DISTORTION)

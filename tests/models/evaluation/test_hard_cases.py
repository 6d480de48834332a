from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from senoscope.models.engines.base import Engine
from senoscope.models.evaluation.hard_cases import HardCase, Trap, busi_flags, hard_cases
from senoscope.models.evaluation.ultrasound_sets import Diagnosis, UltrasoundImage, read_busi
from tests.models.evaluation.data_sets import SHAPE, busi
from tests.models.scripted import LookingEngine, ScriptedEngine, blind_engine, reader_of

SIZE = SHAPE[0]


@pytest.fixture
def images(tmp_path: Path) -> tuple[UltrasoundImage, ...]:
    return read_busi(busi(tmp_path))


def judged(engine: Engine, images: tuple[UltrasoundImage, ...]) -> list[HardCase | None]:
    return list(hard_cases(reader_of(engine, SIZE), images, {}))


def test_what_is_read_rightly_is_hard_only_for_what_it_shows(
    images: tuple[UltrasoundImage, ...],
) -> None:
    for case in judged(LookingEngine(), images):
        assert case is None or set(case.traps) <= {Trap.SEVERAL, Trap.CUT}


def test_a_blind_reader_misses_every_lesion_by_its_diagnosis(
    images: tuple[UltrasoundImage, ...],
) -> None:
    for image, case in zip(images, judged(blind_engine(SIZE), images), strict=True):
        if image.diagnosis is Diagnosis.NORMAL:
            assert case is None
            continue
        assert case is not None
        missed = {
            Diagnosis.MALIGNANT: Trap.MISSED_MALIGNANT,
            Diagnosis.BENIGN: Trap.MISSED_BENIGN,
        }[image.diagnosis]
        assert missed in case.traps
        assert case.dice == 0


def test_a_reader_that_outlines_everything_alarms_on_normals(
    images: tuple[UltrasoundImage, ...],
) -> None:
    everything = ScriptedEngine(
        lesion=np.ones((1, 1, SIZE, SIZE)), presence=[1.0], malignant=[-9.0], is_lesion=[4.0]
    )
    cases = judged(everything, images)
    for image, case in zip(images, cases, strict=True):
        if image.diagnosis is Diagnosis.NORMAL:
            assert case is not None
            assert case.traps == (Trap.FALSE_ALARM,)


def test_a_lesion_at_the_border_is_called_cut(tmp_path: Path) -> None:
    folder = tmp_path / "busi"
    images = read_busi(busi(folder))
    benign = next(image for image in images if image.diagnosis is Diagnosis.BENIGN)
    mask = np.zeros(SHAPE, np.uint8)
    mask[: SIZE // 3, : SIZE // 3] = 255
    cv2.imwrite(str(benign.mask_paths[0]), mask)
    (case,) = judged(LookingEngine(), (benign,))
    assert case is not None
    assert Trap.CUT in case.traps


def test_flags_come_from_the_quality_list_where_there_is_one(tmp_path: Path) -> None:
    assert busi_flags(tmp_path) == {}
    (tmp_path / "quality.csv").write_text(
        "filename,colour_pixels,axilla_text\nbenign (1).png,0,1\nbenign (2).png,1,0\nx.png,0,0\n"
    )
    assert busi_flags(tmp_path) == {"benign (1)": ["AXILLA"], "benign (2)": ["COLOUR"], "x": []}

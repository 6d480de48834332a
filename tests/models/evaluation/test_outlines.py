"""Outlining figures for outliners whose figures are known."""

from __future__ import annotations

import json

import numpy as np
import pytest

from senoscope.domain.frame import Gray
from senoscope.models.evaluation.kept_figures import json_text
from senoscope.models.evaluation.matching import box_of
from senoscope.models.evaluation.outline_comparison import (
    ONE_ELLIPSE,
    NamedOutliner,
    compare_outliners,
)
from senoscope.models.evaluation.outline_table import outline_markdown
from senoscope.models.evaluation.outlines import (
    Lesions,
    centre_ellipse,
    dice_over,
    outline_figures,
    outline_outcomes,
)
from senoscope.models.evaluation.ultrasound_sets import UltrasoundImage, read_busi
from senoscope.models.segmenter import Segmenter, lesion_mask
from tests.models.evaluation.data_sets import SHAPE, busi
from tests.models.scripted import LookingEngine, package

SEEING = Segmenter(LookingEngine(), package(SHAPE[0]))


def seeing(pixels: Gray) -> Lesions:
    return SEEING.segment(pixels).lesions


def blind(_: Gray) -> Lesions:
    return ()


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> tuple[UltrasoundImage, ...]:
    return read_busi(busi(tmp_path_factory.mktemp("busi")))


def test_the_one_ellipse_is_centred_and_alarms_on_every_normal(
    images: tuple[UltrasoundImage, ...],
) -> None:
    mask = lesion_mask(centre_ellipse(np.zeros((100, 200), np.uint8)), (100, 200))
    assert box_of(mask) == (60, 25, 140, 59)
    assert mask.sum() == pytest.approx(np.pi * 40 * 17, rel=0.05)
    found = outline_figures(list(outline_outcomes(centre_ellipse, images)))
    assert found["normals_with_alarm"].value == found["false_alarms_per_normal"].value == 1
    assert 0 < found["dice"].value < 0.9


def test_the_difference_in_dice_is_paired_and_of_lesions_alone(
    images: tuple[UltrasoundImage, ...],
) -> None:
    one, other = (list(outline_outcomes(each, images)) for each in (seeing, blind))
    gain = dice_over(one, other)
    assert (gain.value, gain.ci, gain.n) == (1, (1, 1), 4)
    assert dice_over(other, one).value == -1


def test_outliners_are_kept_and_shown_against_the_first(
    images: tuple[UltrasoundImage, ...],
) -> None:
    first = NamedOutliner("unet-realtime", "unet-realtime 2", seeing, 2563313)
    other = NamedOutliner("unet-classic", "unet-classic 1", blind, 7000000)
    kept = compare_outliners({"busi val": images}, [first, other, ONE_ELLIPSE], lambda _: None)
    kept = json.loads(json_text(kept))
    assert [each["key"] for each in kept] == ["unet-realtime", "unet-classic", "one-ellipse"]
    assert [each["over"] for each in kept] == ["", "unet-realtime 2", "unet-realtime 2"]
    assert kept[1]["sets"]["busi val"]["dice_over"]["value"] == -1
    rows = outline_markdown(kept).splitlines()[2:]
    assert [row.split(" | ")[0] for row in rows] == [
        "| unet-realtime 2", "| unet-classic 1", "| one ellipse everywhere"
    ]  # fmt: skip
    assert "| BUSI val | 0.000 [0.000, 0.000] | 0.000 [0.000, 0.000] | - |" in rows[1]
    assert "-1.000 [-1.000, -1.000] unet-realtime 2 | 7,000,000 |" in rows[1]
    assert "| 1.000 [1.000, 1.000] | 1.000 [1.000, 1.000] | 0.0 [0.0, 0.0] |" in rows[0]
    assert "| - | 2,563,313 |" in rows[0]

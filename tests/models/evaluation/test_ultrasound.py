"""The report's figures for readers whose figures are known."""

from __future__ import annotations

import math
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from senoscope.domain.errors import DataSetError
from senoscope.models.evaluation.metrics import Estimate
from senoscope.models.evaluation.ultrasound import pictures_of, read_images, summarise
from senoscope.models.evaluation.ultrasound_sets import UltrasoundImage, read_busi
from senoscope.models.reader import UltrasoundReader
from tests.models.evaluation.data_sets import SHAPE, busi, draw, lesion
from tests.models.scripted import LookingEngine, blind_engine, reader_of

SIZE = SHAPE[0]
"""The network reads pixel by pixel, so that a perfect outline is perfect."""


def blind() -> UltrasoundReader:
    return reader_of(blind_engine(SIZE), SIZE)


def figures(of: UltrasoundReader, images: tuple[UltrasoundImage, ...]) -> dict[str, Estimate]:
    return summarise(list(read_images(of, images)), low_below=0.2)


def values(of: dict[str, Estimate]) -> dict[str, float]:
    return {key: figure.value for key, figure in of.items()}


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> tuple[UltrasoundImage, ...]:
    return read_busi(busi(tmp_path_factory.mktemp("busi")))


@pytest.fixture(scope="module")
def found(images: tuple[UltrasoundImage, ...]) -> dict[str, Estimate]:
    """The figures of a reader that sees all."""
    return figures(reader_of(LookingEngine(), SIZE), images)


def test_a_reader_that_sees_all_has_perfect_figures(found: dict[str, Estimate]) -> None:
    perfect = ("dice", "iou", "lesion_sensitivity", "sensitivity", "specificity")
    for key in (*perfect, "auc_true_lesion", "auc_predicted_lesion"):
        assert found[key].value == 1.0, key
    assert found["dice"].ci == (1.0, 1.0)
    assert found["boundary_f1"].value == 1.0
    assert found["hausdorff_95_px"].value == 0.0
    assert found["false_alarms_per_normal"].value == found["normals_with_alarm"].value == 0
    benign, malignant = 1 / (1 + math.exp(5)), 1 - 1 / (1 + math.exp(-3))
    assert found["ece"].value == pytest.approx((benign + malignant) / 2)


def test_each_figure_says_how_many_it_rests_on(found: dict[str, Estimate]) -> None:
    assert found["dice"].n == found["auc_true_lesion"].n == found["sensitivity"].n == 4
    assert found["lesion_sensitivity"].n == 5
    assert found["false_alarms_per_normal"].n == found["normals_with_alarm"].n == 2
    assert found["strips_with_alarm"].n == 0


def test_a_reader_that_sees_nothing_misses_every_lesion(
    images: tuple[UltrasoundImage, ...],
) -> None:
    found = figures(blind(), images)
    assert found["dice"].value == found["iou"].value == found["lesion_sensitivity"].value == 0
    assert (found["boundary_f1"].value, found["hausdorff_95_px"].n) == (0, 0)
    assert (found["sensitivity"].value, found["specificity"].value) == (0, 1)
    assert found["auc_predicted_lesion"].value == 0.5
    assert found["false_alarms_per_normal"].value == 0
    assert (found["ece"].n, math.isnan(found["ece"].value)) == (0, True)


def test_a_missed_cancer_scores_below_every_found_lesion(
    images: tuple[UltrasoundImage, ...], tmp_path: Path
) -> None:
    dark = tmp_path / "dark.png"
    draw(dark, lesion(60))
    changed = tuple(
        replace(image, image_path=dark) if image.name == "malignant (1)" else image
        for image in images
    )
    found = figures(reader_of(LookingEngine(), SIZE), changed)
    assert found["auc_predicted_lesion"].value == 0.5
    assert (found["sensitivity"].value, found["dice"].value) == (0.5, 0.75)
    assert found["lesion_sensitivity"].value == pytest.approx(4 / 5)


def test_false_alarms_are_counted_on_normals_alone(
    images: tuple[UltrasoundImage, ...], tmp_path: Path
) -> None:
    two = tmp_path / "two.png"
    draw(two, np.maximum(lesion(255), lesion(255, (slice(100, 130), slice(20, 50)))))
    changed = tuple(
        replace(image, image_path=two) if image.name == "normal (2)" else image for image in images
    )
    found = figures(reader_of(LookingEngine(), SIZE), changed)
    assert found["false_alarms_per_normal"].value == 1.0
    assert found["normals_with_alarm"].value == 0.5
    assert found["lesion_sensitivity"].value == 1.0


def test_alarms_in_lesion_free_strips_are_counted(tmp_path: Path) -> None:
    images = read_busi(busi(tmp_path, duplicates=False))[4:6]
    right = (slice(40, 80), slice(100, 140))
    draw(images[0].mask_paths[0], lesion(255, right))
    draw(images[1].mask_paths[0], lesion(255, right))
    draw(images[0].image_path, lesion(255, right))
    draw(
        images[1].image_path, np.maximum(lesion(255, right), lesion(255, (right[0], slice(9, 60))))
    )
    found = figures(reader_of(LookingEngine(), SIZE), images)["strips_with_alarm"]
    assert (found.value, found.n) == (0.5, 2)


def test_figures_do_not_hang_on_file_names(
    images: tuple[UltrasoundImage, ...], found: dict[str, Estimate], tmp_path: Path
) -> None:
    renamed = []
    for number, image in enumerate(images):
        path = tmp_path / f"{'malignant' if 'benign' in image.name else 'x'} {number}.png"
        shutil.copy(image.image_path, path)
        renamed.append(replace(image, name=path.stem, image_path=path))
    again = figures(reader_of(LookingEngine(), SIZE), tuple(renamed))
    np.testing.assert_equal(values(again), values(found))


def test_a_lesion_image_whose_mask_is_empty_is_named(tmp_path: Path) -> None:
    images = read_busi(busi(tmp_path))
    draw(tmp_path / "malignant" / "malignant (1)_mask.png", lesion(0))
    with pytest.raises(DataSetError, match=r"mask of malignant \(1\) is empty"):
        figures(blind(), images)


def test_a_mask_of_another_size_is_named(tmp_path: Path) -> None:
    images = read_busi(busi(tmp_path))
    draw(tmp_path / "malignant" / "malignant (1)_mask.png", lesion(255)[:-2])
    with pytest.raises(DataSetError, match=r"malignant \(1\) is empty or of another size"):
        figures(blind(), images)


def test_pictures_show_the_curves_and_how_often_probabilities_come_true(
    images: tuple[UltrasoundImage, ...],
) -> None:
    drawn = pictures_of("busi", list(read_images(reader_of(LookingEngine(), SIZE), images)))
    assert set(drawn) == {"roc.svg", "reliability.svg"}
    assert "on predicted lesions, missed ones last: AUC 1.000" in drawn["roc.svg"]
    assert "4 rows in 2 bins of 2 to 2" in drawn["reliability.svg"]

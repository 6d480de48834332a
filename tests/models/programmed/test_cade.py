"""Dark discs in speckle are marked where they are; speckle alone is not."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
import pytest

from senoscope.domain.errors import DataSetError, ImageError, ModelPackageError
from senoscope.domain.frame import Gray
from senoscope.models.evaluation.metrics import iou
from senoscope.models.evaluation.ultrasound_sets import Diagnosis, read_bus_bra
from senoscope.models.programmed.blob_features import FEATURES, box_overlaps, measure_blobs
from senoscope.models.programmed.cade import (
    MOST_CANDIDATES,
    SHIPPED,
    Candidate,
    find_candidates,
    load_cade,
    write_cade,
)
from senoscope.models.programmed.dark_blobs import ANGLES, find_blobs, reduce_frame
from senoscope.models.training.cade import fit_cade, free_response
from senoscope.models.training.samples import Sample, Samples

WEIGHTS = load_cade()
EVERYTHING = replace(WEIGHTS, marked_from=0.0)
SHAPE = (480, 640)
Disc = tuple[float, float, float]
"""x, y and radius across; height is two thirds of width, as lesions mostly are."""


def inside(shape: tuple[int, int], disc: Disc) -> np.ndarray:
    y, x = np.mgrid[: shape[0], : shape[1]]
    return ((x - disc[0]) / disc[2]) ** 2 + ((y - disc[1]) / (disc[2] / 1.5)) ** 2 < 1


def speckle(shape: tuple[int, int], *discs: Disc, seed: int = 1, depth: float = 60) -> Gray:
    """Log-compressed Rayleigh speckle of about 4 pixels, `depth` grey values less inside."""
    parts = np.random.default_rng(seed).standard_normal((2, *shape))
    envelope = np.hypot(*(cv2.GaussianBlur(part, (0, 0), 1.5) for part in parts))
    grey = 120 + 40 * np.log(np.maximum(envelope / envelope.mean(), 1e-3))
    for disc in discs:
        grey[inside(shape, disc)] -= depth
    return np.asarray(grey.clip(0, 255), dtype=np.uint8)


def filled(candidate: Candidate, shape: tuple[int, int]) -> np.ndarray:
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [np.rint(candidate.contour).astype(np.int32)], 1)
    return mask.astype(bool)


@pytest.mark.parametrize("disc", [(320, 200, 90), (200, 180, 50), (420, 240, 120), (330, 150, 30)])
def test_a_dark_disc_in_speckle_is_the_best_candidate(disc: Disc) -> None:
    best = find_candidates(speckle(SHAPE, disc), WEIGHTS)[0]
    assert best.score > 0.5
    assert iou(filled(best, SHAPE), inside(SHAPE, disc)) > 0.75
    x, y, radius = disc
    drawn = (x - radius, y - radius / 1.5, x + radius, y + radius / 1.5)
    assert best.box == pytest.approx(drawn, abs=0.2 * radius)


@pytest.mark.parametrize("shape", [SHAPE, (768, 1024), (500, 300)])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nothing_is_marked_with_confidence_in_speckle_alone(
    shape: tuple[int, int], seed: int
) -> None:
    scores = [each.score for each in find_candidates(speckle(shape, seed=seed), EVERYTHING)]
    assert max(scores, default=0) < 0.2


def test_a_bright_disc_is_no_candidate() -> None:
    disc = (320, 200, 80)
    bright = inside(SHAPE, disc)
    for each in find_candidates(speckle(SHAPE, disc, depth=-60), WEIGHTS):
        assert iou(filled(each, SHAPE), bright) < 0.1


def test_a_dark_layer_is_less_like_a_lesion_than_a_disc() -> None:
    layered = speckle(SHAPE).astype(int)
    layered[180:260] -= 60
    layer = find_candidates(np.clip(layered, 0, 255).astype(np.uint8), EVERYTHING)[0]
    disc = find_candidates(speckle(SHAPE, (320, 220, 60)), EVERYTHING)[0]
    assert layer.score < 0.95 * disc.score
    # Open to the left and right: nothing surrounds it there that would be brighter.
    assert layer.values["weak_side"] < 0.25 * disc.values["weak_side"]


def test_a_frame_twice_as_large_gives_the_same_candidate_twice_as_large() -> None:
    pixels = speckle(SHAPE, (260, 190, 70))
    large = cv2.resize(pixels, None, fx=2, fy=2, interpolation=cv2.INTER_LINEAR)
    one = find_candidates(pixels, WEIGHTS)[0]
    other = find_candidates(np.asarray(large, dtype=np.uint8), WEIGHTS)[0]
    assert other.score == pytest.approx(one.score, abs=0.02)
    assert np.array(other.box) / 2 == pytest.approx(np.array(one.box), abs=4)


@pytest.mark.parametrize("shift", [-150, -37, 90, 165])
def test_a_lesion_moved_sideways_is_marked_there_with_about_the_same_score(shift: int) -> None:
    one = find_candidates(speckle(SHAPE, (300, 200, 70)), WEIGHTS)[0]
    other = find_candidates(speckle(SHAPE, (300 + shift, 200, 70)), WEIGHTS)[0]
    moved = np.array(one.box) + np.array([shift, 0, shift, 0])
    assert np.array(other.box) == pytest.approx(moved, abs=10)
    assert other.score == pytest.approx(one.score, abs=0.05)


def test_gain_changes_neither_place_nor_score() -> None:
    pixels = speckle(SHAPE, (300, 200, 70))
    dimmed = np.rint(0.75 * pixels + 20).astype(np.uint8)
    one, other = (find_candidates(each, WEIGHTS)[0] for each in (pixels, dimmed))
    assert np.array(other.box) == pytest.approx(np.array(one.box), abs=4)
    assert other.score == pytest.approx(one.score, abs=0.02)


def test_two_lesions_are_marked_once_each_the_better_first() -> None:
    discs = [(180, 190, 70), (460, 220, 60)]
    found = find_candidates(speckle(SHAPE, *discs), replace(WEIGHTS, marked_from=0.5))
    assert len(found) == 2
    assert found[0].score >= found[1].score
    for disc in discs:
        assert max(iou(filled(each, SHAPE), inside(SHAPE, disc)) for each in found) > 0.7


def test_of_many_candidates_ten_are_kept_none_of_them_twice() -> None:
    grid = [(70.0 + 100 * x, 60.0 + 90 * y, 32.0) for x in range(6) for y in range(5)]
    found = find_candidates(speckle(SHAPE, *grid), EVERYTHING)
    assert len(found) == MOST_CANDIDATES
    scores = [each.score for each in found]
    assert scores == sorted(scores, reverse=True)
    for one, other in combinations(found, 2):
        assert iou(filled(one, SHAPE), filled(other, SHAPE)) < 0.25


def test_a_higher_threshold_only_takes_the_weaker_away() -> None:
    pixels = speckle(SHAPE, (180, 190, 70), (460, 220, 60))
    scores = [each.score for each in find_candidates(pixels, EVERYTHING)]
    assert len(scores) > 2
    strict = find_candidates(pixels, replace(WEIGHTS, marked_from=scores[1]))
    assert [each.score for each in strict] == scores[:2]


def test_the_score_is_the_logistic_of_the_intercept_and_all_contributions() -> None:
    best = find_candidates(speckle(SHAPE, (320, 200, 90)), WEIGHTS)[0]
    logit = WEIGHTS.intercept + sum(best.contributions.values())
    assert best.score == pytest.approx(1 / (1 + math.exp(-logit)))
    assert set(best.contributions) == set(best.values) == {each.name for each in FEATURES}
    sizes = [abs(part) for part in best.contributions.values()]
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize("disc", [(0, 200, 90), (639, 200, 90), (320, 0, 120)])
def test_a_lesion_cut_by_the_border_is_outlined_up_to_it(disc: Disc) -> None:
    best = find_candidates(speckle(SHAPE, disc), WEIGHTS)[0]
    assert iou(filled(best, SHAPE), inside(SHAPE, disc)) > 0.7
    assert best.contributions["cut_off"] < 0 < best.values["cut_off"] - 0.2


@pytest.mark.parametrize("disc", [(0, 200, 90), (639, 200, 90), (320, 0, 120), (320, 479, 120)])
def test_no_outline_leaves_the_frame(disc: Disc) -> None:
    for each in find_candidates(speckle(SHAPE, disc), EVERYTHING):
        assert ((each.contour >= 0) & (each.contour <= [SHAPE[1] - 1, SHAPE[0] - 1])).all()
        assert each.contour.dtype == np.float32


@pytest.mark.parametrize("shape", [(64, 64), (64, 4096), (4096, 64), (3000, 4000)])
def test_a_flat_frame_of_any_size_holds_nothing(shape: tuple[int, int]) -> None:
    for value in (0, 128, 255):
        assert find_candidates(np.full(shape, value, np.uint8), EVERYTHING) == ()


def test_the_smallest_frame_is_read() -> None:
    disc = (30, 28, 14)
    best = find_candidates(speckle((64, 64), disc, depth=80), WEIGHTS)[0]
    assert iou(filled(best, (64, 64)), inside((64, 64), disc)) > 0.5


@pytest.mark.parametrize("shape", [(63, 200), (5000, 200), (200, 200, 3)])
def test_what_is_no_grey_frame_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ImageError, match="expected"):
        find_candidates(np.zeros(shape, np.uint8), WEIGHTS)


def test_the_features_of_a_clean_disc_are_what_its_drawing_says() -> None:
    drawn = np.full((256, 384), 160, np.uint8)
    drawn[inside(drawn.shape, (200, 120, 60))] = 60
    frame = reduce_frame(drawn)
    strongest = measure_blobs(frame, find_blobs(frame))[0]
    said = dict(zip([each.name for each in FEATURES], strongest.tolist(), strict=True))
    # 8 % of the picture is the disc, so dark tissue is 60 and bright tissue 160: a range of 100.
    assert said["contrast"] == pytest.approx(1, abs=0.1)
    assert said["weak_side"] == pytest.approx(1, abs=0.12)
    assert said["radial_gradient_index"] > 0.95
    assert said["size"] == pytest.approx(math.log(math.sqrt(60 * 40) / 384), abs=0.08)
    assert said["off_depth"] == pytest.approx((120.5 / 256 - 0.4) ** 2, abs=0.002)
    assert said["width_to_height"] == pytest.approx(math.log(1.5), abs=0.1)
    assert said["cut_off"] == 0


def test_overlaps_of_boxes_are_counted_in_pixels() -> None:
    boxes = np.array([[0, 0, 9, 9], [5, 0, 14, 9], [20, 20, 20, 20]], np.float32)
    expected = [[1, 1 / 3, 0], [1 / 3, 1, 0], [0, 0, 1]]
    assert box_overlaps(boxes) == pytest.approx(np.array(expected))


def test_an_outline_turns_by_two_steps_at_most_and_closes() -> None:
    blobs = find_blobs(reduce_frame(speckle(SHAPE, (250, 200, 80), seed=4)))
    turns = np.abs(blobs.step - np.roll(blobs.step, 1, axis=1))
    # Where it closes, opposite of the first angle, nothing but its worth holds it together.
    seam = turns[:, ANGLES // 2]
    assert np.delete(turns, ANGLES // 2, axis=1).max() <= 2
    assert (seam <= 2).mean() > 0.9


def damaged(tmp_path: Path, **changes: object) -> Path:
    path = tmp_path / "cade.json"
    path.write_text(json.dumps({**json.loads(SHIPPED.read_text()), **changes}))
    return path


def test_weights_written_are_the_weights_read(tmp_path: Path) -> None:
    path = tmp_path / "cade.json"
    write_cade(WEIGHTS, {"trained_on": "nothing"}, path)
    again = load_cade(path)
    assert again.marked_from == WEIGHTS.marked_from
    np.testing.assert_array_equal(again.weight, WEIGHTS.weight)
    assert json.loads(path.read_text())["trained_on"] == "nothing"


def test_the_shipped_file_defines_every_feature_as_the_code_does() -> None:
    rows = json.loads(SHIPPED.read_text())["features"]
    told = [(row["name"], row["unit"], row["meaning"], row["source"]) for row in rows]
    assert told == [(each.name, each.unit, each.meaning, each.source) for each in FEATURES]


def test_missing_or_foreign_weights_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelPackageError, match="Reinstall"):
        load_cade(tmp_path / "absent.json")
    rows = json.loads(SHIPPED.read_text(encoding="utf-8"))["features"]
    flat = [{**rows[0], "spread": 0.0}, *rows[1:]]
    for changes in ({"format": 2}, {"features": rows[:-1]}, {"features": flat}):
        with pytest.raises(ModelPackageError, match="CADe weights"):
            load_cade(damaged(tmp_path, **changes))
    with pytest.raises(ModelPackageError, match="finite"):
        load_cade(damaged(tmp_path, intercept=math.nan))


def sample(seed: int, disc: Disc | None) -> Sample:
    shape = (240, 320)
    pixels = speckle(shape, *([disc] if disc else []), seed=seed)
    mask = inside(shape, disc) if disc else np.zeros(shape, bool)
    drawn = Diagnosis.BENIGN if disc else Diagnosis.NORMAL
    return Sample(str(seed), pixels, pixels, mask.astype(np.uint8) * 255, drawn, f"patient {seed}")


def samples(first: int, count: int) -> tuple[Sample, ...]:
    rng = np.random.default_rng(first)
    discs = [
        (rng.uniform(90, 230), rng.uniform(70, 130), rng.uniform(25, 50)) if k % 3 else None
        for k in range(count)
    ]
    return tuple(sample(first + k, disc) for k, disc in enumerate(discs))


def test_weights_fitted_to_discs_find_discs_and_say_so() -> None:
    held_back = samples(100, 12)
    weights = fit_cade(Samples(samples(0, 18), held_back, ()))
    figures = free_response(weights, held_back)
    for name in ("iou", "centre"):
        found = figures[f"sensitivity_{name}_at_1_false_per_normal"]
        assert (found.value, found.n) == (1.0, 8)
        assert found.value > figures[f"baseline_{name}"].value
    columns = [each.name for each in FEATURES]
    assert weights.weight[columns.index("weak_side")] > 0


def test_there_is_no_fit_without_lesions() -> None:
    with pytest.raises(DataSetError, match="0 lesion images"):
        fit_cade(Samples((sample(1, None),), (sample(2, None),), ()))


def test_most_lesions_of_real_frames_are_marked(public_data: Path) -> None:
    # Fold 1 was partly fitted: this shows that files and code belong together, not performance.
    images = [image for image in read_bus_bra(public_data / "bus-bra") if image.part == "1"][::30]
    found = marks = 0
    for image in images:
        truth, candidates = image.mask(), find_candidates(image.pixels(), WEIGHTS)
        marks += len(candidates)
        middles = [((c.box[1] + c.box[3]) / 2, (c.box[0] + c.box[2]) / 2) for c in candidates]
        found += any(truth[round(row), round(column)] for row, column in middles)
    assert len(images) >= 10
    assert found >= 0.7 * len(images)
    assert marks <= 3.5 * len(images)

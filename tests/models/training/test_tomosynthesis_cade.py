from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from senoscope.domain.errors import DataSetError
from senoscope.domain.mammogram import Laterality
from senoscope.domain.spacing import PixelSpacing
from senoscope.models.evaluation.mammography.froc import Growth
from senoscope.models.evaluation.tomosynthesis.known_view import DeepGrowth
from senoscope.models.programmed.mammography.mark_features import ANGLES, NAMES
from senoscope.models.programmed.mammography.marks import MarkKind
from senoscope.models.programmed.tomosynthesis.cade import scored, volume_candidates
from senoscope.models.programmed.tomosynthesis.grains import VolumeGrains
from senoscope.models.programmed.tomosynthesis.second_stage import load_volume_stage
from senoscope.models.programmed.tomosynthesis.soft_places import FlatPlaces, SoftPlaces
from senoscope.models.programmed.tomosynthesis.soft_volumes import SOFT
from senoscope.models.programmed.tomosynthesis.sought import AboutView, Sought
from senoscope.models.training.learnt_volume import LearntVolume, keep, kept, learnt_views
from senoscope.models.training.tomosynthesis_cade import fit_volume_stage, write_volume_stage

SLICES = 24
AT_MM, HEIGHT_MM = {MarkKind.MASS: (20.0, 30.0), MarkKind.DISTORTION: (50.0, 30.0)}, 13.0
CLUSTER_MM = (20.0, 70.0)


def made_view(number: int, view: str = "CC") -> LearntVolume:
    """Of each kind eight places in eight slabs; those of the first are on a growth, and higher."""
    draw = np.random.default_rng([number, len(view)])
    is_sick = number % 4 != 3
    kinds: list[MarkKind] = []
    rows: list[tuple[float, float, float, float]] = []
    for kind in SOFT:
        spots = [AT_MM[kind], *draw.uniform((60, 50), (70, 150), (7, 2)).tolist()]
        for which, (x, y) in enumerate(spots):
            for slab in range(8):
                height = 3 * slab + 1
                shown = 3 * (which == 0 and is_sick and abs(height - HEIGHT_MM) <= 3)
                rows.append((x, y, float(height), float(shown)))
                kinds.append(kind)
    table = np.array(rows, np.float32)
    seen = draw.normal(0, 1, (len(rows), len(NAMES))).astype(np.float32) + table[:, 3:]
    seen[:, NAMES.index("radius")] = np.log(6)
    near = np.exp(-np.square((np.arange(SLICES) - HEIGHT_MM) / 4)).astype(np.float32)
    profile = table[:, 3:] * near + draw.normal(0, 0.1, (len(rows), SLICES)).astype(np.float32)
    outlines = np.repeat(table[:, None, :2] * 10, ANGLES, axis=1)
    flat = FlatPlaces(kinds[:40], table[:40, :2], seen[:40])
    places = SoftPlaces(kinds, table[:, :2], table[:, 2], outlines, seen, profile, profile, flat)
    growths = (
        *(DeepGrowth(Growth(kind, str(kind), AT_MM[kind], 6.0), HEIGHT_MM) for kind in SOFT),
        DeepGrowth(Growth(MarkKind.CALCIFICATIONS, "calcifications", CLUSTER_MM, 4.0), 9.0),
    )
    about = AboutView(
        SLICES,
        tuple(map(float, range(SLICES))),
        1.0,
        Laterality.LEFT,
        view,
        PixelSpacing(0.1, 0.1),
        (60.0, 70.0),
    )
    sought = Sought(about, places, _grains(draw, is_sick), ())
    return LearntVolume(f"seed {number}", sought, growths if is_sick else ())


def _grains(draw: np.random.Generator, is_sick: bool) -> VolumeGrains:
    at = np.array([CLUSTER_MM, (50.0, 120.0)]).repeat(6, axis=0) + draw.normal(0, 1.5, (12, 2))
    height = np.where((np.arange(12) < 6) & is_sick, 9.0, 5.2) + draw.uniform(0, 0.3, 12)
    slices = np.full(12, 9.0) + draw.normal(0, 0.5, 12)
    others = [draw.uniform(0.1, 0.3, 12) for _ in range(4)]
    order = np.argsort(-height)
    columns = [each[order].astype(np.float32) for each in (slices, height, *others)]
    return VolumeGrains(at[order].astype(np.float32), *columns)


@pytest.fixture(scope="module")
def views() -> list[LearntVolume]:
    return [made_view(number, view) for number in range(16) for view in ("CC", "MLO")]


def test_what_is_fitted_finds_what_was_learnt_and_is_read_again(
    views: list[LearntVolume], tmp_path: Path
) -> None:
    stage = fit_volume_stage(views)
    write_volume_stage(stage, views, "simulated", tmp_path)
    assert load_volume_stage(tmp_path) == stage
    new = made_view(40)
    (marks,) = scored([volume_candidates(new.sought, stage.slices)], stage.volumes)
    for kind in SOFT:
        best = next(each for each in marks.marks if each.kind is kind)
        assert best.centre == pytest.approx(tuple(10 * mm for mm in AT_MM[kind]))
        assert best.height_mm == pytest.approx(HEIGHT_MM, abs=2)
    cluster = next(each for each in marks.marks if each.kind is MarkKind.CALCIFICATIONS)
    assert cluster.centre == pytest.approx(tuple(10 * mm for mm in CLUSTER_MM), abs=15)


def test_views_of_one_breast_alone_cannot_be_compared(views: list[LearntVolume]) -> None:
    stage = fit_volume_stage([each for each in views if each.sought.about.view == "CC"])
    assert all(set(model.weights) == {"alone"} for model in stage.volumes.compared.values())


def test_nothing_to_learn_from_is_told() -> None:
    with pytest.raises(DataSetError, match="No candidate for mass"):
        fit_volume_stage([])


def test_what_was_sought_is_kept_and_read_again(tmp_path: Path) -> None:
    view, path = made_view(1), tmp_path / "1-CC.npz"
    keep(view, path)
    again = kept(path)
    assert (again.anatomy, again.growths) == (view.anatomy, view.growths)
    assert again.sought.about == view.sought.about
    assert list(again.sought.places.kind) == list(view.sought.places.kind)
    assert np.array_equal(again.sought.places.features, view.sought.places.features)
    assert np.array_equal(again.sought.places.flat.at_mm, view.sought.places.flat.at_mm)
    assert np.array_equal(again.sought.grains.height, view.sought.grains.height)


def test_what_is_kept_is_not_made_again(tmp_path: Path) -> None:
    keep(made_view(1), tmp_path / "1-CC.npz")
    (view,) = learnt_views(
        [(1, "CC")], lambda *_: pytest.fail("it is there"), tmp_path, lambda _: None
    )
    assert view.anatomy == "seed 1"


def test_a_file_of_something_else_is_told(tmp_path: Path) -> None:
    (tmp_path / "1-CC.npz").write_bytes(b"nothing of the kind")
    with pytest.raises(DataSetError, match=r"1-CC\.npz"):
        kept(tmp_path / "1-CC.npz")

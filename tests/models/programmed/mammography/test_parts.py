"""Outline, muscle, nipple and density of simulated mammograms, also on film and mirrored."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from senoscope.calibration.phantoms.breast.film import on_film
from senoscope.calibration.phantoms.breast.mammogram import SimulatedMammogram
from senoscope.domain.errors import ImageError, ModelPackageError, SettingsError
from senoscope.domain.mammogram import Intent, Mammogram
from senoscope.domain.spacing import PixelSpacing
from senoscope.models.evaluation.metrics import dice
from senoscope.models.programmed.mammography.asymmetry import LATTICE, DensityLattice
from senoscope.models.programmed.mammography.breast import Edge, breast_mask, chest_wall
from senoscope.models.programmed.mammography.density import measure_density
from senoscope.models.programmed.mammography.density_category import (
    LETTERS,
    density_category,
    load_scale,
)
from senoscope.models.programmed.mammography.hanging import Hanging
from senoscope.models.programmed.mammography.parenchyma import FEATURES, parenchymal_texture
from senoscope.models.programmed.mammography.parts import find_parts
from senoscope.models.programmed.mammography.periphery import evened, skin_distance


def small(picture: np.ndarray) -> np.ndarray:
    reduced = cv2.resize(picture.astype(np.float32), None, fx=0.25, fy=0.25, interpolation=3)
    return reduced.astype(np.float32)


def shown(simulated: SimulatedMammogram, view: str | None = None) -> Mammogram:
    pixels = small(simulated.presentation) / np.float32(4095)
    return Mammogram(pixels, Intent.PRESENTATION, None, view, PixelSpacing(0.4, 0.4))


def test_outline_on_digital_and_film(
    oblique: SimulatedMammogram, from_above: SimulatedMammogram
) -> None:
    for simulated in (oblique, from_above):
        truth = small(simulated.breast) > 0.5
        assert dice(breast_mask(shown(simulated).pixels), truth) > 0.99
        for seed in range(4):
            film = on_film(simulated, seed)
            assert dice(breast_mask(film), truth) > 0.95


def test_any_edge_and_padding_behind_the_wall(from_above: SimulatedMammogram) -> None:
    pixels = on_film(from_above, 1)
    assert chest_wall(pixels) is Edge.LEFT
    assert chest_wall(np.ascontiguousarray(pixels[:, ::-1])) is Edge.RIGHT
    assert chest_wall(np.ascontiguousarray(pixels.T)) is Edge.TOP
    padded = np.pad(pixels[:, ::-1], ((0, 0), (20, 90)))
    hanging = Hanging.of(padded)
    assert hanging.wall is Edge.RIGHT
    assert abs(hanging.behind_px - 90) <= 4
    mask = breast_mask(np.asarray(hanging.hang(padded), np.float32))
    truth = np.pad((small(from_above.breast) > 0.5)[:, ::-1], ((0, 0), (20, 90)))
    assert dice(np.asarray(hanging.back(mask), bool), truth) > 0.95
    corner = np.array([[0, 7]], np.float32)
    point = hanging.points_back(corner)[0]
    assert hanging.points_hung(hanging.points_back(corner)).tolist() == corner.tolist()
    assert point.tolist() == [padded.shape[1] - 1 - hanging.behind_px, 7]


def test_a_label_that_touches_the_skin_is_no_breast(from_above: SimulatedMammogram) -> None:
    pixels = shown(from_above).pixels.copy()
    truth = small(from_above.breast) > 0.5
    row = int(np.argmax(truth.sum(axis=1))) - 70
    front = int(truth[row].sum())
    pixels[row : row + 40, front - 5 : front + 90] = 1
    assert dice(breast_mask(pixels), truth) > 0.97


@pytest.mark.parametrize("level", [0.0, 0.5])
def test_a_blank_picture_is_refused(level: float) -> None:
    blank = np.full((200, 160), level, np.float32)
    with pytest.raises(ImageError, match="stands out"):
        breast_mask(blank)
    with pytest.raises(ImageError, match="at one edge"):
        Hanging.of(blank)


def test_muscle_is_found_in_oblique_views_only(
    oblique: SimulatedMammogram, from_above: SimulatedMammogram
) -> None:
    truth = small(oblique.pectoral) > 0.5
    for view in ("MLO", None):
        muscle = find_parts(shown(oblique, view)).pectoral
        assert muscle is not None
        assert dice(muscle, truth) > 0.85
    film = Mammogram(on_film(oblique, 2), Intent.PRESENTATION, None, None, None)
    muscle = find_parts(film).pectoral
    assert muscle is not None
    assert dice(muscle, truth) > 0.8
    assert find_parts(shown(from_above)).pectoral is None
    assert find_parts(shown(oblique, "CC")).pectoral is None


def test_the_nipple(oblique: SimulatedMammogram, from_above: SimulatedMammogram) -> None:
    for simulated in (oblique, from_above):
        nipple = find_parts(shown(simulated)).nipple
        assert nipple.in_profile
        assert np.hypot(*np.subtract(nipple.point, np.array(simulated.nipple) / 4)) < 15


def test_density_does_not_mind_a_window(oblique: SimulatedMammogram) -> None:
    seen = shown(oblique)
    parts = find_parts(seen)
    density = measure_density(seen, parts)
    darker = Mammogram(0.1 + 0.6 * seen.pixels, Intent.PRESENTATION, None, None, None)
    again = measure_density(darker, parts)
    assert again.percent == pytest.approx(density.percent, abs=1.0)
    assert again.dense_cm2 is None
    assert density.breast_cm2 == pytest.approx(parts.tissue.sum() * 0.0016)
    assert density.dense_cm2 == pytest.approx(density.dense.sum() * 0.0016)
    assert not (density.dense & ~parts.tissue).any()
    assert dice(density.dense, small(oblique.dense) > 0.5) > 0.4


def test_more_dense_tissue_is_more_percent(from_above: SimulatedMammogram) -> None:
    seen = shown(from_above)
    parts = find_parts(seen)
    before = measure_density(seen, parts)
    x, y = (round(each) for each in np.argwhere(~before.dense & parts.tissue).mean(axis=0)[::-1])
    patch = np.zeros(seen.pixels.shape, np.uint8)
    cv2.circle(patch, (x, y), 40, 1, -1)
    bright = float(np.percentile(seen.pixels[parts.tissue], 95))
    denser = replace(seen, pixels=np.where(patch > 0, np.float32(bright), seen.pixels))
    after = measure_density(denser, parts)
    assert after.percent > before.percent
    assert after.dense[patch > 0].mean() > 0.9


def test_denser_is_a_later_letter() -> None:
    expected = [
        np.dot(density_category(percent).probabilities, range(4)) for percent in (0, 5, 20, 60)
    ]
    assert expected == sorted(expected)
    for percent in (0, 20, 100):
        category = density_category(percent)
        assert sum(category.probabilities) == pytest.approx(1)
        assert category.letter in LETTERS
        assert category.is_sure == (max(category.probabilities) >= 0.6)
        assert 0 <= category.dense_probability <= 1
    with pytest.raises(SettingsError, match="0 to 100"):
        density_category(-1)


def test_damaged_weights_are_told(tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text('{"format": 1, "limits": []}')
    with pytest.raises(ModelPackageError, match="Reinstall"):
        load_scale(broken)


def test_the_rim_is_evened() -> None:
    breast = np.zeros((240, 200), bool)
    for row in range(20, 220):
        breast[row, : int(150 * np.sqrt(1 - ((row - 120) / 100) ** 2))] = True
    far = skin_distance(breast)
    assert far[120, 0] > 90  # the chest wall is no skin
    pixels = np.where(breast, 0.2 + 0.4 * np.clip(far / 30, 0, 1), 0).astype(np.float32)
    pixels += np.random.default_rng(1).normal(0, 0.01, pixels.shape).astype(np.float32)
    inner = breast & (far > 4)
    assert evened(pixels, breast)[inner].std() < 0.25 * pixels[inner].std()
    assert (evened(pixels, breast)[~breast] == pixels[~breast]).all()


def test_asymmetry_is_found_where_one_breast_is_denser(from_above: SimulatedMammogram) -> None:
    seen = shown(from_above)
    parts = find_parts(seen)
    dense = measure_density(seen, parts).dense
    same = DensityLattice.of(parts, dense)
    assert same.shares.shape == LATTICE
    assert np.nanmax(np.abs(same.difference(same))) == 0
    assert same.denser_than(same) == []
    row, column = (int(each) for each in np.argwhere(parts.tissue).mean(axis=0))
    patch = np.zeros(dense.shape, np.uint8)
    cv2.circle(patch, (column, row), 40, 1, -1)
    without = DensityLattice.of(parts, dense & (patch == 0))
    denser = DensityLattice.of(parts, dense | (patch > 0))
    assert np.nanmax(denser.difference(without)) > 0.8
    [place] = denser.denser_than(without)
    assert place.mean(axis=0) == pytest.approx((column, row), abs=10)
    assert np.ptp(place[:, 0]) == pytest.approx(80, abs=25)
    assert without.denser_than(denser) == []


def test_texture_by_name(from_above: SimulatedMammogram) -> None:
    seen = shown(from_above)
    texture = parenchymal_texture(seen, find_parts(seen))
    names = {feature.name for feature in FEATURES}
    assert set(texture.mean) == names
    assert np.isfinite(list(texture.mean.values())).all()
    assert -6 < texture.mean["power_slope"] < -1
    assert texture.lattice.shape[2] == len(FEATURES)
    noise = np.random.default_rng(0).random(seen.pixels.shape, np.float32)
    rough = parenchymal_texture(Mammogram(noise, seen.intent, None, None, None), find_parts(seen))
    assert rough.mean["contrast"] > texture.mean["contrast"]
    assert abs(rough.mean["power_slope"]) < 0.3

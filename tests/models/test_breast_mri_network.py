"""What a network for breast MRI is fed, what it may give, and how patches are put together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from senoscope.domain.breast_mri import AXIAL, DynamicSeries, VolumeGeometry
from senoscope.domain.errors import EngineUnavailable, ModelPackageError
from senoscope.models.breast_mri_card import BreastMriCard, MriChannel, MriTarget
from senoscope.models.breast_mri_network import (
    LIMITS,
    BreastMriNetwork,
    channels_of,
    load_breast_mri_network,
    resized,
    scale_of,
    shape_at,
)
from tests.models.evaluation.breast_mri.drawn_exams import drawn_exam
from tests.models.test_breast_mri_card import write

CARD = BreastMriCard(
    Path("mine"), "net", "1", MriTarget.TUMOUR, (MriChannel.EARLY, MriChannel.PRE),
    (2.0, 1.0, 1.0), (8, 16, 16), is_clinical=False, trained_on="drawn",
)  # fmt: skip


class FirstChannel:
    """Gives back the first channel of what it is fed, clipped."""

    name = "scripted"

    def __init__(self, shape: tuple[int, ...] = CARD.input_shape, times: float = 1.0) -> None:
        self.input_shape, self.times = shape, times
        self.fed = 0

    def run(self, picture: np.ndarray) -> dict[str, np.ndarray]:
        self.fed += 1
        return {"probability": np.clip(picture[:, :1], 0, 1) * np.float32(self.times)}


class BackEndOf:
    NAME = "scripted"

    def __init__(self, engine: FirstChannel | None) -> None:
        self.engine = engine

    def is_available(self) -> str | None:
        return None

    def load(self, onnx: bytes) -> FirstChannel:
        if self.engine is None:
            raise EngineUnavailable("The model is refused.")
        return self.engine


def test_channels_are_rises_over_one_scale() -> None:
    series, tumour, _ = drawn_exam(0)
    every = (MriChannel.PRE, MriChannel.EARLY, MriChannel.LATE, MriChannel.SEED)
    found = channels_of(series, every, series.geometry.spacing_mm)
    scale = scale_of(series)
    pre, early, late = (np.asarray(series.phases[k], np.float32) for k in (0, 1, 3))
    assert np.allclose(found[0], np.clip(pre / scale, *LIMITS), atol=1e-5)
    assert np.allclose(found[1], np.clip((early - pre) / scale, *LIMITS), atol=1e-5)
    assert np.allclose(found[2], np.clip((late - early) / scale, *LIMITS), atol=1e-5)
    assert found[3][tumour].mean() > 0.95 and found[3][~tumour].mean() < 0.02


def test_channels_of_a_box_have_the_scale_of_the_whole() -> None:
    series, _, _ = drawn_exam(0)
    box = (slice(4, 12), slice(8, 24), slice(10, 30))
    whole = channels_of(series, (MriChannel.PRE,), series.geometry.spacing_mm)
    part = channels_of(series, (MriChannel.PRE,), series.geometry.spacing_mm, box)
    assert np.array_equal(part[0], whole[0][box])


def test_twice_the_signal_is_fed_alike() -> None:
    series, _, _ = drawn_exam(0)
    double = DynamicSeries(
        tuple(np.asarray(each, np.float32) * 2 for each in series.phases),
        series.geometry,
        series.times_s,
    )
    one, other = (channels_of(each, CARD.channels, CARD.spacing_mm) for each in (series, double))
    assert np.allclose(one, other, atol=1e-5)


def test_volumes_keep_their_places_when_resized() -> None:
    ramp = np.broadcast_to(np.arange(40, dtype=np.float32)[:, None, None], (40, 12, 14))
    small = resized(np.ascontiguousarray(ramp), (20, 6, 7))
    assert small.shape == (20, 6, 7)
    assert np.allclose(small[:, 0, 0], np.arange(20) * 2 + 0.5, atol=1e-4)
    back = resized(small, (40, 12, 14))
    assert np.allclose(back[2:-2], ramp[2:-2], atol=1e-4)
    one = resized(np.ones((1, 8, 8), np.float32), (1, 4, 4))
    assert np.allclose(one, 1)
    assert shape_at((10, 20, 30), (2, 1, 0.5), (1, 1, 1)) == (20, 20, 15)


@pytest.mark.parametrize("box", [None, (slice(3, 15), slice(5, 30), slice(11, 40))])
def test_patches_are_put_together_where_they_were_cut(
    box: tuple[slice, slice, slice] | None,
) -> None:
    series, _, _ = drawn_exam(1)
    engine = FirstChannel()
    found = BreastMriNetwork(CARD, engine).probability(series, box)
    rise = channels_of(series, (MriChannel.EARLY,), CARD.spacing_mm)[0]
    wanted = np.clip(rise, 0, 1)
    assert engine.fed > 4
    assert np.allclose(found, wanted if box is None else wanted[box], atol=1e-4)


def test_a_volume_smaller_than_a_patch_is_padded() -> None:
    series, _, _ = drawn_exam(1)
    small = DynamicSeries(
        tuple(each[:8, :10, :12] for each in series.phases),
        VolumeGeometry((1.0, 1.0, 1.0), AXIAL),
        series.times_s,
    )
    assert BreastMriNetwork(CARD, FirstChannel()).probability(small).shape == (8, 10, 12)


def test_nothing_is_asked_for_once_it_is_cancelled() -> None:
    series, _, _ = drawn_exam(1)
    engine = FirstChannel()
    network = BreastMriNetwork(CARD, engine)
    before = engine.fed
    assert not network.probability(series, cancelled=lambda: True).any()
    assert engine.fed == before


def test_a_network_of_another_shape_is_refused() -> None:
    with pytest.raises(ModelPackageError, match="its card asks for one input"):
        BreastMriNetwork(CARD, FirstChannel((1, 2, 8, 8, 8)))


@pytest.mark.parametrize("times", [3.0, np.nan])
def test_what_is_no_probability_is_refused(times: float) -> None:
    series, _, _ = drawn_exam(1)
    with pytest.raises(ModelPackageError, match="within 0 to 1"):
        BreastMriNetwork(CARD, FirstChannel(times=times)).probability(series)


def test_an_engine_that_refuses_is_told_of(tmp_path: Path) -> None:
    with pytest.raises(ModelPackageError, match="cannot be loaded"):
        load_breast_mri_network(write(tmp_path), BackEndOf(None))

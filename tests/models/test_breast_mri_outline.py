"""What a network outlines beside the programmed analysis, and how far both agree."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from senoscope.domain.breast_mri import DynamicSeries, VolumeGeometry
from senoscope.domain.errors import ImageError
from senoscope.models import breast_mri_network
from senoscope.models.breast_mri_card import MriChannel, MriTarget
from senoscope.models.breast_mri_network import BreastMriNetwork, tell_nobody
from senoscope.models.breast_mri_outline import NetworkOutline, network_outline
from senoscope.models.programmed.breast_mri.analysis import Motion, MriAnalysis, Tissue
from tests.models.test_breast_mri_network import CARD, FirstChannel
from tests.studies.mri.analyses import BOX, SHAPE, small_analysis, small_series

EARLY = replace(CARD, channels=(MriChannel.EARLY,), spacing_mm=(3.0, 1.0, 1.0))


def outline(
    analysis: MriAnalysis,
    target: MriTarget = MriTarget.TUMOUR,
    times: float = 1.0,
    series: DynamicSeries | None = None,
) -> NetworkOutline:
    card = replace(EARLY, target=target)
    network = BreastMriNetwork(card, FirstChannel(card.input_shape, times))
    made = network_outline(
        network, small_series() if series is None else series, analysis, lambda: False, tell_nobody
    )
    assert made is not None
    return made


def whole(found: NetworkOutline) -> np.ndarray:
    volume = np.zeros(SHAPE, bool)
    volume[found.box] = found.mask
    return volume


def test_a_tumour_is_outlined_in_its_box_and_compared_with_all_lesions() -> None:
    found = outline(small_analysis())
    wanted = np.zeros(SHAPE, bool)
    wanted[BOX] = True
    np.testing.assert_array_equal(whole(found), wanted)
    assert found.corner == (3, 8, 5) and found.mask.shape == (4, 6, 7)
    assert found.volume_mm3 == 168 * 3
    assert found.agreement == pytest.approx(2 * 167 / (168 + 167))
    assert found.title == "net 1 (trained on: drawn, not clinical)"


@pytest.mark.parametrize("target", [MriTarget.BREAST, MriTarget.FIBROGLANDULAR])
def test_tissue_is_compared_with_the_same_tissue(target: MriTarget) -> None:
    analysis = small_analysis()
    found = outline(analysis, target)
    bit = Tissue.BREAST if target is MriTarget.BREAST else Tissue.FIBROGLANDULAR
    its = (analysis.tissue & bit) > 0
    assert found.agreement == pytest.approx(2 * 168 / (168 + its.sum()))


def test_nothing_beyond_the_breasts_box_is_looked_at() -> None:
    analysis = small_analysis()
    analysis.tissue[:, :, :8] = 0
    assert whole(outline(analysis)).sum() == 4 * 6 * 4


def test_where_nothing_is_outlined_there_is_an_empty_mask() -> None:
    found = outline(small_analysis(), times=0.0)
    assert not found.mask.any() and found.volume_mm3 == 0 and found.agreement == 0
    bare = replace(small_analysis(), lesions=())
    assert outline(bare, times=0.0).agreement is None
    assert outline(bare).agreement == 0


def test_phases_are_moved_before_they_are_shown() -> None:
    series = small_series()
    late = tuple(np.roll(each, 5, axis=2) for each in series.phases[1:])
    away = np.zeros((4, 3, 3, 3, 3), np.float32)
    away[1:, ..., 2] = 5
    analysis = replace(small_analysis(), motion=Motion((5.0, 12.0, 16.0), away))
    shifted = replace(series, phases=(series.phases[0], *late))
    found = outline(analysis, series=shifted)
    assert found.corner == (3, 8, 5)
    still = outline(replace(analysis, motion=None), series=shifted)
    assert still.corner == (3, 8, 10)


def test_how_far_it_is_is_told_and_once_cancelled_there_is_none() -> None:
    told: list[float] = []
    engine = FirstChannel(EARLY.input_shape)
    network = BreastMriNetwork(EARLY, engine)
    assert network_outline(network, small_series(), small_analysis(), lambda: False, told.append)
    assert len(told) == engine.fed - 1 > 2
    assert told[0] == 0 and told == sorted(set(told)) and told[-1] < 1
    told.clear()

    def two_patches_are_enough() -> bool:
        return len(told) == 2

    assert (
        network_outline(
            network, small_series(), small_analysis(), two_patches_are_enough, told.append
        )
        is None
    )


def test_a_grid_that_would_fill_the_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(breast_mri_network, "MOST_VOXELS", 10 * 24 * 32)
    series = small_series()
    outline(small_analysis())
    fine = VolumeGeometry((3.0, 2.0, 1.0), series.geometry.axes)
    with pytest.raises(ImageError, match="Use a network of larger voxels"):
        outline(small_analysis(), series=replace(series, geometry=fine))

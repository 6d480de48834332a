from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from senoscope.domain.breast_mri import DynamicSeries
from senoscope.domain.errors import SettingsError
from senoscope.models.programmed.breast_mri.analysis import Motion
from senoscope.ui.mri.cut_planes import Corrected, CutSeries, Plane
from tests.studies.mri.analyses import small_analysis, small_series
from tests.ui.mri.series_to_show import SIZE, SPOT, axial_series, axial_volumes, sagittal_series

AS_IT_IS = Corrected(motion=False, shading=False)


@pytest.mark.parametrize("series", [axial_series(), sagittal_series()])
def test_planes_lie_as_radiologists_hang_them_whichever_way_they_were_stored(
    series: DynamicSeries,
) -> None:
    cut, [base, *_] = CutSeries(series), axial_volumes()
    z, y, x = SPOT
    assert cut.shape == SIZE
    assert cut.spacing_mm == (3.0, 1.0, 1.0)
    assert np.array_equal(cut.signal(0, Plane.AXIAL, z, AS_IT_IS), base[z])
    # The head lies above.
    assert np.array_equal(cut.signal(0, Plane.CORONAL, y, AS_IT_IS), base[::-1, y])
    assert np.array_equal(cut.signal(0, Plane.SAGITTAL, x, AS_IT_IS), base[::-1, :, x])


@pytest.mark.parametrize("plane", Plane)
def test_a_voxel_lies_on_each_picture_where_it_is_said_to(plane: Plane) -> None:
    cut = CutSeries(sagittal_series())
    rise = [cut.signal(each, plane, SPOT[plane.across], AS_IT_IS) for each in (0, 1)]
    brightest = np.unravel_index((rise[1] - rise[0]).argmax(), rise[0].shape)
    assert tuple(map(int, brightest)) == cut.on_picture(SPOT, plane)


def test_motion_is_made_good_in_every_plane() -> None:
    series = small_series()
    moved = series.phases[1].copy()
    moved[:, 1:] = series.phases[1][:, :-1]  # a row further back in the second phase
    shifted = replace(series, phases=(series.phases[0], moved, *series.phases[2:]))
    away = np.zeros((4, 3, 3, 3, 3), np.float32)
    away[1, ..., 1] = 1.0
    analysis = replace(small_analysis(), motion=Motion((5.0, 12.0, 16.0), away), bias=None)
    cut = CutSeries(shifted, analysis)
    still = CutSeries(series)
    for plane, place in ((Plane.AXIAL, 4), (Plane.CORONAL, 8), (Plane.SAGITTAL, 8)):
        seen = cut.signal(1, plane, place, Corrected())
        assert np.allclose(seen, still.signal(1, plane, place, AS_IT_IS), atol=1e-3), plane
        assert not np.allclose(seen, cut.signal(1, plane, place, AS_IT_IS))


def test_shading_is_divided_by() -> None:
    analysis = replace(small_analysis(), motion=None, bias=np.full((3, 3, 3), 2.0, np.float32))
    cut = CutSeries(small_series(), analysis)
    assert cut.signal(0, Plane.CORONAL, 3, Corrected()).max() == pytest.approx(50)
    assert cut.signal(0, Plane.CORONAL, 3, AS_IT_IS).max() == pytest.approx(100)


def test_what_lies_outside_is_refused() -> None:
    cut = CutSeries(axial_series())
    with pytest.raises(SettingsError, match="coronal plane has 16"):
        cut.signal(0, Plane.CORONAL, 16, AS_IT_IS)
    with pytest.raises(SettingsError, match="Ask for one within it"):
        cut.require((0, 0, 20))

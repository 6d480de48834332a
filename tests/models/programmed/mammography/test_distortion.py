from __future__ import annotations

import numpy as np
import pytest

from senoscope.models.programmed.mammography import masses
from senoscope.models.programmed.mammography.distortion import find_centres, find_lines
from tests.models.programmed.mammography.drawn_breasts import at_step, plain_breast, with_star


def test_lines_meet_at_the_middle_of_a_star() -> None:
    at = (200.0, 380.0)
    picture = at_step(with_star(plain_breast(), at), masses.STEP_MM)
    centres = find_centres(picture)
    assert centres.at[0] * 4 == pytest.approx(at, abs=25)
    x, y = centres.at[0]
    assert centres.radial[y, x] > 2 * np.percentile(centres.radial[picture.breast], 95)


@pytest.mark.parametrize(
    ("where", "cosine"), [(np.s_[395:405, 100:300], 1), (np.s_[300:500, 195:205], -1)]
)
def test_a_line_says_its_direction(where: tuple[slice, slice], cosine: float) -> None:
    picture = plain_breast(noise=0.001)
    picture[where] += 0.2
    lines = find_lines(at_step(picture, masses.STEP_MM))
    assert lines.strength[100, 50] == pytest.approx(3)
    assert lines.cosine[100, 50] == pytest.approx(cosine, abs=0.1)

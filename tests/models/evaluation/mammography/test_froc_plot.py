from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest

from senoscope.domain.errors import SettingsError
from senoscope.models.evaluation.mammography.froc_plot import froc_picture
from senoscope.models.evaluation.plots import LEFT, SIDE, TOP

CURVE = np.array([[0.0, 0.0], [1.0, 0.5], [9.0, 1.0]])


def test_each_curve_is_a_line_with_its_name() -> None:
    picture = froc_picture("Marks", "2 images", {"mass & more": CURVE, "other": CURVE})
    tree = ElementTree.fromstring(picture)
    lines = tree.findall("{http://www.w3.org/2000/svg}polyline")
    texts = [each.text for each in tree.findall("{http://www.w3.org/2000/svg}text")]
    assert len(lines) == 2
    assert "mass & more" in texts
    # Up to one false mark nothing is found, then half, to the right edge.
    last = lines[0].attrib["points"].split()[-1]
    assert last == f"{LEFT + SIDE:.1f},{TOP + SIDE / 2:.1f}"


def test_too_many_curves_are_refused() -> None:
    with pytest.raises(SettingsError, match="5 curves"):
        froc_picture("Marks", "", {str(k): CURVE for k in range(5)})

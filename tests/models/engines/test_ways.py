"""Every way to run a network has one name for a person and one to type."""

from __future__ import annotations

import pytest

from senoscope.domain.errors import SettingsError
from senoscope.models.engines.ways import REFERENCE, USUAL, WAYS, way_from_text
from senoscope.models.package import Precision


def test_each_is_found_by_what_is_typed() -> None:
    assert [way_from_text(way.key) for way in WAYS] == list(WAYS)
    assert len({way.title for way in WAYS}) == len(WAYS)


def test_the_reference_is_tried_first_and_is_not_quantised() -> None:
    assert WAYS[0] == REFERENCE
    assert REFERENCE.precision is Precision.FP32
    assert USUAL.title == "OpenVINO int8"


@pytest.mark.parametrize("text", ["", "openvino", "OpenVINO int8", "tensorflow-int8"])
def test_another_name_is_refused_with_those_there_are(text: str) -> None:
    with pytest.raises(SettingsError, match=r"auto, openvino-fp32, .* or tensorrt-"):
        way_from_text(text)

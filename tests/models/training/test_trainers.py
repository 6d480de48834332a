"""Every network that can be named has a configuration that names it."""

from __future__ import annotations

import pytest

pytest.importorskip("nncf", reason="training needs the [train] extra")

from senoscope.models.training.trainers import CLASSIFIERS, read_config, shipped_config


@pytest.mark.parametrize("network", CLASSIFIERS)
def test_every_classifier_has_a_shipped_configuration(network: str) -> None:
    config = read_config(shipped_config(network))
    assert config.values["network"] == config.values["name"] == network
    assert config.recipe.stages[-1].size == config.values["size"]

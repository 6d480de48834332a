"""Every network that can be named has a configuration that names it."""

from __future__ import annotations

from dataclasses import replace

import pytest

pytest.importorskip("nncf", reason="training needs the [train] extra")

from senoscope.models.training.trainers import (
    CLASSIFIERS,
    SEGMENTERS,
    read_config,
    shipped_config,
)


@pytest.mark.parametrize("network", CLASSIFIERS)
def test_every_classifier_has_a_shipped_configuration(network: str) -> None:
    config = read_config(shipped_config(network))
    assert config.values["network"] == config.values["name"] == network
    assert config.recipe.stages[-1].size == config.values["size"]


@pytest.mark.parametrize("command", ["unet", "unet-classic"])
def test_every_segmenter_has_a_shipped_configuration(command: str) -> None:
    config = read_config(shipped_config(command))
    assert config.values["network"] == config.values["name"]
    assert config.values["network"] in SEGMENTERS
    assert config.recipe.stages[-1].size == config.values["size"]


@pytest.mark.parametrize("name", ["googlenet-bus-bra", "googlenet-busi"])
def test_a_configuration_for_one_set_differs_in_what_it_learns_from_and_how_long(name: str) -> None:
    alone, both = read_config(shipped_config(name)), read_config(shipped_config("googlenet"))
    assert alone.pretraining is not None
    assert both.pretraining is not None
    for short, whole in ((alone.recipe, both.recipe), (alone.pretraining, both.pretraining)):
        assert replace(short, stages=whole.stages) == whole
        assert [stage.size for stage in short.stages] == [stage.size for stage in whole.stages]
        # A third, as AlexNet and ResNet-18 have: the comparison says so.
        assert 0.3 < short.steps / whole.steps < 0.35
    assert bool(alone.values["folds"]) != bool(alone.values["parts"])

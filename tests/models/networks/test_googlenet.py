"""GoogLeNet has torchvision's layers by torchvision's names."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="networks need torch, of the [train] extra")

from senoscope.models.networks.googlenet import GoogLeNet  # noqa: E402

STATE = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")
INCEPTIONS = ("3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b")
BRANCHES = ("branch1", "branch2.0", "branch2.1", "branch3.0", "branch3.1", "branch4.1")


def torchvision_names() -> set[str]:
    layers = ["conv1", "conv2", "conv3"]
    layers += [f"inception{block}.{branch}" for block in INCEPTIONS for branch in BRANCHES]
    names = {f"{layer}.bn.{each}" for layer in layers for each in STATE}
    return names | {f"{layer}.conv.weight" for layer in layers} | {"fc.weight", "fc.bias"}


def test_parameters_are_called_as_in_torchvision() -> None:
    names = set(GoogLeNet().state_dict())
    assert {"conv1.conv.weight", "inception3a.branch2.1.bn.bias"} <= names
    assert names == torchvision_names()


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("conv1.conv.weight", (64, 1, 7, 7)),
        ("conv3.conv.weight", (192, 64, 3, 3)),
        ("inception3a.branch3.1.conv.weight", (32, 16, 3, 3)),
        ("inception4d.branch2.1.conv.weight", (288, 144, 3, 3)),
        ("inception4e.branch4.1.conv.weight", (128, 528, 1, 1)),
        ("inception5b.branch1.conv.weight", (384, 832, 1, 1)),
        ("fc.weight", (1, 1024)),
    ],
)
def test_layers_have_torchvision_s_shapes(name: str, shape: tuple[int, ...]) -> None:
    assert tuple(GoogLeNet().state_dict()[name].shape) == shape


def test_the_count_of_weights_is_torchvision_s_less_colour_and_classes() -> None:
    torchvision, colour, classes = 6_624_904, 64 * 2 * 49, 999 * 1025
    weights = sum(each.numel() for each in GoogLeNet().parameters())
    assert weights == torchvision - colour - classes


@pytest.mark.parametrize("side", [112, 224])
def test_a_crop_becomes_one_logit(side: int) -> None:
    with torch.inference_mode():
        assert GoogLeNet().eval()(torch.zeros(2, 1, side, side)).shape == (2, 1)

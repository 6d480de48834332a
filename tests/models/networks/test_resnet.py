"""ResNet-18 has torchvision's layers by torchvision's names, and its shortcuts are shortcuts."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="networks need torch, of the [train] extra")

from senoscope.models.networks.resnet import BasicBlock, ResNet  # noqa: E402
from tests.models.networks.exported import logits_of_file_and_network, unreached  # noqa: E402

STATE = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")


@pytest.fixture(scope="module")
def network() -> ResNet:
    """Drawn once; no test changes it."""
    torch.manual_seed(0)
    return ResNet().eval()


def torchvision_names() -> set[str]:
    layers = [("conv1", "bn1")]
    for stage in range(1, 5):
        for block in range(2):
            at = f"layer{stage}.{block}"
            layers += [(f"{at}.conv1", f"{at}.bn1"), (f"{at}.conv2", f"{at}.bn2")]
        if stage > 1:
            layers.append((f"layer{stage}.0.downsample.0", f"layer{stage}.0.downsample.1"))
    names = {f"{convolution}.weight" for convolution, _ in layers}
    names |= {f"{norm}.{each}" for _, norm in layers for each in STATE}
    return names | {"fc.weight", "fc.bias"}


def test_parameters_are_called_as_in_torchvision(network: ResNet) -> None:
    names = set(network.state_dict())
    assert {"layer4.1.bn2.running_var", "layer2.0.downsample.1.bias"} <= names
    assert names == torchvision_names()


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("conv1.weight", (64, 1, 7, 7)),
        ("layer1.0.conv1.weight", (64, 64, 3, 3)),
        ("layer2.0.conv1.weight", (128, 64, 3, 3)),
        ("layer3.0.downsample.0.weight", (256, 128, 1, 1)),
        ("layer4.1.conv2.weight", (512, 512, 3, 3)),
        ("fc.weight", (1, 512)),
    ],
)
def test_layers_have_torchvision_s_shapes(
    network: ResNet, name: str, shape: tuple[int, ...]
) -> None:
    assert tuple(network.state_dict()[name].shape) == shape


def test_the_count_of_weights_is_torchvision_s_less_colour_and_classes(network: ResNet) -> None:
    colour, classes = 64 * 2 * 49, 999 * 513
    weights = sum(each.numel() for each in network.parameters())
    assert weights == 11_689_512 - colour - classes == 11_170_753


def test_stages_halve_the_maps_where_the_paper_does(network: ResNet) -> None:
    """A quarter of the side after the stem and the first stage; 224 would be 56, 28, 14, 7."""
    with torch.inference_mode():
        maps = network.maxpool(network.conv1(torch.zeros(1, 1, 96, 128)))
        sizes = [tuple(maps.shape[2:])]
        for stage in (network.layer1, network.layer2, network.layer3, network.layer4):
            maps = stage(maps)
            sizes.append(tuple(maps.shape[2:]))
    assert sizes == [(24, 32), (24, 32), (12, 16), (6, 8), (3, 4)]


def test_a_block_without_its_convolutions_is_its_shortcut() -> None:
    block = BasicBlock(8, 8, stride=1).eval()
    torch.nn.init.zeros_(block.bn2.weight)
    maps = torch.randn(2, 8, 5, 7)
    with torch.inference_mode():
        assert torch.equal(block(maps), maps.clamp(min=0))


def test_the_sum_and_not_the_residual_alone_is_rectified() -> None:
    """A residual of -1 takes 1 from a shortcut of 3; rectified first, it would take nothing."""
    block = BasicBlock(1, 1, stride=1).eval()
    torch.nn.init.zeros_(block.bn2.weight)
    torch.nn.init.constant_(block.bn2.bias, -1)
    with torch.inference_mode():
        assert torch.equal(block(torch.full((1, 1, 4, 4), 3.0)), torch.full((1, 1, 4, 4), 2.0))


@pytest.mark.parametrize("classes", [1, 3])
def test_a_crop_becomes_one_logit_a_class(classes: int) -> None:
    with torch.inference_mode():
        assert ResNet(classes).eval()(torch.zeros(2, 1, 96, 128)).shape == (2, classes)


def test_fresh_weights_keep_the_size_of_slopes(network: ResNet) -> None:
    """He 2015: variance 2 over the connections a value leaves by."""
    deviation = float(network.layer4[1].conv2.weight.detach().std())
    assert deviation == pytest.approx(math.sqrt(2 / (9 * 512)), rel=0.02)


def test_every_weight_is_reached_from_the_output(network: ResNet) -> None:
    torch.manual_seed(1)
    assert not unreached(network, network(torch.randn(2, 1, 96, 96)).sum())


def test_the_exported_network_gives_the_same_logits(tmp_path: Path) -> None:
    torch.manual_seed(2)
    network = ResNet(classes=2).eval()
    by_file, by_network = logits_of_file_and_network(network, torch.randn(3, 1, 96, 96), tmp_path)
    torch.testing.assert_close(by_file, by_network, rtol=0, atol=1e-4)
    assert abs(by_network[0] - by_network[1]) > 0.01

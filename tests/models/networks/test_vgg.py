"""VGG-19's features are torchvision's by torchvision's names; its head is an average."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="networks need torch, of the [train] extra")

from senoscope.models.networks.vgg import VGG19  # noqa: E402
from tests.models.networks.exported import logits_of_file_and_network, unreached  # noqa: E402

CONVOLUTIONS = (0, 3, 7, 10, 14, 17, 20, 23, 27, 30, 33, 36, 40, 43, 46, 49)
STATE = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")


@pytest.fixture(scope="module")
def network() -> VGG19:
    """Its 20 million weights are drawn once; no test changes them."""
    torch.manual_seed(0)
    return VGG19().eval()


def test_features_are_called_as_in_torchvision_s_vgg19_bn(network: VGG19) -> None:
    names = {f"features.{layer}.{each}" for layer in CONVOLUTIONS for each in ("weight", "bias")}
    names |= {f"features.{layer + 1}.{each}" for layer in CONVOLUTIONS for each in STATE}
    assert set(network.state_dict()) == names | {"fc.weight", "fc.bias"}


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("features.0.weight", (64, 1, 3, 3)),
        ("features.7.weight", (128, 64, 3, 3)),
        ("features.23.weight", (256, 256, 3, 3)),
        ("features.27.weight", (512, 256, 3, 3)),
        ("features.49.weight", (512, 512, 3, 3)),
        ("fc.weight", (1, 512)),
    ],
)
def test_layers_have_torchvision_s_shapes(
    network: VGG19, name: str, shape: tuple[int, ...]
) -> None:
    assert tuple(network.state_dict()[name].shape) == shape


def test_the_count_of_weights_is_torchvision_s_less_colour_and_the_wide_layers(
    network: VGG19,
) -> None:
    torchvision, colour = 143_678_248, 64 * 2 * 9
    wide_layers, fc = (25_088 + 1) * 4096 + 4097 * 4096 + 4097 * 1000, 512 + 1
    weights = sum(each.numel() for each in network.parameters())
    assert weights == torchvision - colour - wide_layers + fc == 20_034_753


def test_the_average_is_over_a_thirty_second_of_the_side(network: VGG19) -> None:
    with torch.inference_mode():
        assert network.features(torch.zeros(1, 1, 96, 128)).shape == (1, 512, 3, 4)


@pytest.mark.parametrize("classes", [1, 3])
def test_a_crop_becomes_one_logit_a_class(classes: int) -> None:
    with torch.inference_mode():
        assert VGG19(classes).eval()(torch.zeros(2, 1, 32, 32)).shape == (2, classes)


@pytest.mark.parametrize(("layer", "channels_out"), [(3, 64), (49, 512)])
def test_fresh_weights_keep_the_size_of_slopes(
    network: VGG19, layer: int, channels_out: int
) -> None:
    """He 2015: variance 2 over the connections a value leaves by."""
    deviation = float(network.state_dict()[f"features.{layer}.weight"].std())
    assert deviation == pytest.approx(math.sqrt(2 / (9 * channels_out)), rel=0.02)


def test_every_weight_is_reached_from_the_output(network: VGG19) -> None:
    torch.manual_seed(1)
    assert not unreached(network, network(torch.randn(2, 1, 96, 96)).sum())


def test_the_exported_network_gives_the_same_logits(tmp_path: Path) -> None:
    torch.manual_seed(2)
    network = VGG19(classes=2).eval()
    torch.nn.init.normal_(network.fc.weight)
    by_file, by_network = logits_of_file_and_network(network, torch.randn(2, 1, 64, 64), tmp_path)
    torch.testing.assert_close(by_file, by_network, rtol=0, atol=1e-3)
    assert abs(by_network[0] - by_network[1]) > 0.01

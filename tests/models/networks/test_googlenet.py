"""GoogLeNet has torchvision's layers by torchvision's names."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="networks need torch, of the [train] extra")

from senoscope.models.networks.googlenet import GoogLeNet, GoogLeNetOutput  # noqa: E402
from tests.models.networks.exported import unreached  # noqa: E402

STATE = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")
INCEPTIONS = ("3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b")
BRANCHES = ("branch1", "branch2.0", "branch2.1", "branch3.0", "branch3.1", "branch4.1")


def torchvision_names() -> set[str]:
    layers = ["conv1", "conv2", "conv3"]
    layers += [f"inception{block}.{branch}" for block in INCEPTIONS for branch in BRANCHES]
    layers += ["aux1.conv", "aux2.conv"]
    names = {f"{layer}.bn.{each}" for layer in layers for each in STATE}
    names |= {f"{layer}.conv.weight" for layer in layers}
    linear = ("fc", "aux1.fc1", "aux1.fc2", "aux2.fc1", "aux2.fc2")
    return names | {f"{layer}.{each}" for layer in linear for each in ("weight", "bias")}


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
        ("aux1.conv.conv.weight", (128, 512, 1, 1)),
        ("aux2.conv.conv.weight", (128, 528, 1, 1)),
        ("aux2.fc1.weight", (1024, 2048)),
        ("fc.weight", (1, 1024)),
    ],
)
def test_layers_have_torchvision_s_shapes(name: str, shape: tuple[int, ...]) -> None:
    assert tuple(GoogLeNet().state_dict()[name].shape) == shape


def test_the_count_of_weights_is_torchvision_s_less_colour_and_classes() -> None:
    torchvision, colour, classes = 13_004_888, 64 * 2 * 49, 3 * 999 * 1025
    weights = sum(each.numel() for each in GoogLeNet().parameters())
    assert weights == torchvision - colour - classes == 9_926_691


@pytest.mark.parametrize("side", [112, 224])
def test_a_crop_becomes_one_logit(side: int) -> None:
    with torch.inference_mode():
        assert GoogLeNet().eval()(torch.zeros(2, 1, side, side)).shape == (2, 1)


def test_in_training_three_classifiers_answer_and_reach_every_weight() -> None:
    torch.manual_seed(0)
    network = GoogLeNet()
    output = network(torch.randn(2, 1, 112, 112))
    assert isinstance(output, GoogLeNetOutput)
    assert [tuple(each.shape) for each in output] == [(2, 1)] * 3
    assert not unreached(network, sum(each.sum() for each in output))


@pytest.mark.parametrize(
    ("head", "last"), [("aux1", "inception4a"), ("aux2", "inception4d"), ("logits", "fc")]
)
def test_a_classifier_reads_what_comes_before_it_and_no_more(head: str, last: str) -> None:
    """Its loss reaches the blocks up to `last` and itself."""
    torch.manual_seed(0)
    network = GoogLeNet()
    getattr(network(torch.randn(2, 1, 112, 112)), head).sum().backward()
    reached = {
        name.split(".")[0] for name, each in network.named_parameters() if each.grad is not None
    }
    trunk = [name for name, each in network.named_children() if list(each.parameters())]
    trunk = [name for name in trunk if not name.startswith("aux")]
    expected = set(trunk[: trunk.index(last) + 1])
    assert reached == expected | ({head} if head != "logits" else set())

"""The classic U-Net keeps the picture's size, and says presence beside it."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="networks need torch, of the [train] extra")

from senoscope.models.networks.unet import UNetOutput  # noqa: E402
from senoscope.models.networks.unet_classic import STRIDE, ClassicUNet  # noqa: E402
from tests.models.networks.exported import unreached  # noqa: E402


@pytest.fixture(scope="module")
def narrow() -> ClassicUNet:
    """No test changes it."""
    torch.manual_seed(0)
    return ClassicUNet(width=8).eval()


@pytest.mark.parametrize(("rows", "columns"), [(96, 96), (96, 128), (STRIDE, STRIDE)])
def test_logits_have_the_picture_s_size(narrow: ClassicUNet, rows: int, columns: int) -> None:
    with torch.inference_mode():
        output = narrow(torch.zeros(2, 1, rows, columns))
    assert isinstance(output, UNetOutput)
    assert output.lesion.shape == (2, 1, rows, columns)
    assert output.presence.shape == (2,)


@pytest.mark.parametrize("off", [1, 2, 4, 8])
def test_a_side_that_is_no_multiple_of_the_stride_is_refused(narrow: ClassicUNet, off: int) -> None:
    with pytest.raises(RuntimeError):
        narrow(torch.zeros(1, 1, STRIDE + off, STRIDE))


def test_the_count_of_weights_is_that_of_the_usual_one_less_colour_and_with_presence() -> None:
    """The usual one: width 32, batch normalisation, transposed convolutions, colour, one class."""
    usual, colour, presence = 7_763_041, 32 * 2 * 9, 2 * 512 + 1
    weights = sum(each.numel() for each in ClassicUNet().parameters())
    assert weights == usual - colour + presence == 7_763_490


def test_there_are_the_paper_s_twenty_three_convolutions(narrow: ClassicUNet) -> None:
    kinds = (torch.nn.Conv2d, torch.nn.ConvTranspose2d)
    layers = [layer for layer in narrow.modules() if isinstance(layer, kinds)]
    assert len(layers) == 23


@pytest.mark.parametrize(
    ("name", "inputs"),
    [("encoder.4.3.weight", 9 * 512), ("enlarge.0.weight", 512), ("decoder.0.0.weight", 9 * 512)],
)
def test_fresh_weights_are_as_wide_as_the_paper_s(name: str, inputs: int) -> None:
    """Standard deviation sqrt(2 / N), N the inputs of one value."""
    torch.manual_seed(0)
    deviation = float(ClassicUNet().state_dict()[name].std())
    assert deviation == pytest.approx(math.sqrt(2 / inputs), rel=0.02)


def test_every_weight_is_reached_from_the_outputs(narrow: ClassicUNet) -> None:
    torch.manual_seed(1)
    output = narrow(torch.randn(2, 1, 96, 96))
    loss = output.lesion.square().mean() + output.presence.square().mean()
    assert not unreached(narrow, loss)


def test_a_lesion_pixel_answers_to_the_place_it_is_at(narrow: ClassicUNet) -> None:
    picture = torch.zeros(1, 1, 128, 128)
    with torch.inference_mode():
        before = narrow(picture).lesion
        picture[0, 0, 22, 101] = 9
        changed = (narrow(picture).lesion - before).abs()[0, 0]
    row, column = divmod(int(changed.argmax()), 128)
    assert abs(row - 22) <= 3
    assert abs(column - 101) <= 3


def test_a_deep_map_is_enlarged_onto_its_own_place(narrow: ClassicUNet) -> None:
    """One deep cell becomes its own 2x2 cells and no others."""
    deep = torch.zeros(1, 128, 8, 8)
    deep[0, :, 3, 5] = 1
    with torch.inference_mode():
        answered = narrow.enlarge[0](deep).abs().sum(dim=1)[0].nonzero()
    assert answered.tolist() == [[6, 10], [6, 11], [7, 10], [7, 11]]


def test_the_exported_network_gives_the_same_probabilities(
    narrow: ClassicUNet, tmp_path: Path
) -> None:
    pytest.importorskip("nncf", reason="exporting needs nncf, of the [train] extra")
    engine = pytest.importorskip("onnxruntime", reason="of the [train] extra")
    from senoscope.models.training.export import ExportedUNet, export_onnx  # noqa: PLC0415

    torch.manual_seed(2)
    export_onnx(ExportedUNet(narrow), 96, tmp_path / "model.onnx")
    session = engine.InferenceSession(tmp_path / "model.onnx")
    picture = torch.randn(1, 1, 96, 96)
    lesion, presence = session.run(["lesion", "presence"], {"picture": picture.numpy()})
    with torch.inference_mode():
        expected = narrow(picture)
    assert lesion.shape == (1, 1, 96, 96)
    assert presence.shape == (1,)
    assert abs(lesion - expected.lesion.sigmoid().numpy()).max() < 1e-4
    assert abs(presence - expected.presence.sigmoid().numpy()).max() < 1e-4
    assert lesion.std() > 0.01

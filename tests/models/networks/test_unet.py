"""The U-Net keeps the picture's size, and says presence beside it."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="networks need torch, of the [train] extra")

from senoscope.models.networks.unet import STRIDE, RealTimeUNet  # noqa: E402


@pytest.mark.parametrize(("rows", "columns"), [(64, 64), (96, 160), (STRIDE, STRIDE)])
def test_logits_have_the_picture_s_size(rows: int, columns: int) -> None:
    with torch.inference_mode():
        output = RealTimeUNet(width=8).eval()(torch.zeros(2, 1, rows, columns))
    assert output.lesion.shape == (2, 1, rows, columns)
    assert output.presence.shape == (2,)


def test_a_side_that_is_no_multiple_of_the_stride_is_refused() -> None:
    with pytest.raises(RuntimeError):
        RealTimeUNet(width=8).eval()(torch.zeros(1, 1, STRIDE + 4, STRIDE))


def test_the_shipped_width_has_about_four_and_a_half_million_weights() -> None:
    weights = sum(each.numel() for each in RealTimeUNet().parameters())
    assert weights == pytest.approx(4.66e6, rel=0.01)


def test_every_weight_is_reached_from_the_outputs() -> None:
    network = RealTimeUNet(width=8)
    output = network(torch.randn(2, 1, 64, 64))
    parts = (output.lesion, output.presence, output.malignant, *output.coarse)
    sum(part.square().mean() for part in parts).backward()
    assert not [name for name, each in network.named_parameters() if each.grad is None]


def test_a_lesion_pixel_answers_to_the_place_it_is_at() -> None:
    """A pixel shuffle or a skip the wrong way round would move it."""
    torch.manual_seed(0)
    network = RealTimeUNet(width=8).eval()
    picture = torch.zeros(1, 1, 256, 256)
    with torch.inference_mode():
        before = network(picture).lesion
        picture[0, 0, 40:44, 200:204] = 9
        changed = (network(picture).lesion - before).abs()[0, 0]
    row, column = divmod(int(changed.argmax()), 256)
    assert abs(row - 42) <= 8
    assert abs(column - 202) <= 8


def test_coarser_joins_answer_while_training_alone() -> None:
    network, picture = RealTimeUNet(width=8), torch.zeros(2, 1, 64, 96)
    assert [tuple(each.shape) for each in network(picture).coarse] == [(2, 1, 4, 6), (2, 1, 8, 12)]
    assert network.eval()(picture).coarse == ()


def test_the_malignancy_head_reads_where_the_lesion_is_seen() -> None:
    """Maps that differ only where nothing is seen leave it unchanged."""
    from senoscope.models.networks.unet import _mean_where  # noqa: PLC0415

    seen = torch.zeros(1, 1, 64, 64)
    seen[..., 32:, 32:] = 1
    maps = torch.rand(1, 3, 4, 4)
    other = maps.clone()
    other[..., :2, :2] += 5
    torch.testing.assert_close(
        _mean_where(seen, maps), maps[..., 2:, 2:].mean((2, 3)), atol=5e-3, rtol=0
    )
    assert (_mean_where(seen, other) - _mean_where(seen, maps)).abs().max() < 0.03

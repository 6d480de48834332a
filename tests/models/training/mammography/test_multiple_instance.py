import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch, of the [train] extra")

from senoscope.models.training.mammography.multiple_instance import (  # noqa: E402
    PLACES,
    SIDE,
    STRIDE,
    InstanceOutput,
    InstanceTask,
    MultipleInstance,
    cut,
    salient_places,
)
from tests.models.networks.exported import unreached  # noqa: E402
from tests.models.training.mammography.drawn_views import SIZE, views  # noqa: E402


def test_the_most_salient_places_are_cut_first_and_none_twice() -> None:
    saliency = torch.zeros(1, 1, 30, 23)
    saliency[0, 0, 2:8, 1:7] = 0.9
    saliency[0, 0, 20:26, 12:18] = 0.5
    places = salient_places(saliency)
    assert len(places) == PLACES
    assert places[0].tolist() == [[2, 1]]
    assert places[1].tolist() == [[20, 12]]


def test_a_place_is_cut_from_the_full_picture_of_its_own_view() -> None:
    picture = torch.rand(2, 1, 192, 128)
    cells = torch.tensor([[0, 1], [6, 2]])
    patches = cut(picture, cells)
    assert patches.shape == (2, 1, SIDE, SIDE)
    assert torch.equal(patches[0], picture[0, :, :SIDE, STRIDE : STRIDE + SIDE])
    assert torch.equal(patches[1], picture[1, :, 96:192, 32:128])


def test_every_weight_is_reached_and_what_is_right_costs_less() -> None:
    torch.manual_seed(0)
    task = InstanceTask(MultipleInstance(), views())
    batch = task.batch(0, 4, np.random.default_rng(0))
    assert batch[0].shape == (4, 1, *SIZE) and batch[1].tolist() == [1, 1, 0, 0]
    output = task.network(batch[0])
    assert output.saliency.shape == (4, 1, SIZE[0] // STRIDE, SIZE[1] // STRIDE)
    assert not unreached(task.network, task.loss(output, batch))
    sure = 6 * (2 * batch[1] - 1)
    right, wrong = (
        InstanceOutput(output.saliency * 0, (sign * sure).sigmoid(), sign * sure, sign * sure)
        for sign in (1, -1)
    )
    assert task.loss(right, batch) < 0.1
    assert task.loss(wrong, batch) > 10


def test_malignant_views_are_half_of_a_batch_and_stay_at_the_chest_wall() -> None:
    task = InstanceTask(MultipleInstance(), views())
    pictures, labels = task.batch(0, 8, np.random.default_rng(1))
    brightest = pictures.amax(dim=(1, 2, 3))
    assert (brightest[labels == 1] > 0.8).all() and (brightest[labels == 0] < 0.6).all()
    assert (pictures[:, 0, :, 0].amax(dim=1) > 0.1).all()
    assert (pictures[:, 0, :, 100:] == 0).all()


def test_each_score_of_the_inner_split_is_told() -> None:
    task = InstanceTask(MultipleInstance(), views())
    scores = task.score(task.network.eval())
    assert set(scores) == {"auc_pooled", "auc_local", "auc_fused"}
    assert all(0 <= score <= 1 for score in scores.values())

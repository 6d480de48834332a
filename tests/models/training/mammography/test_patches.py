import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch, of the [train] extra")

from senoscope.domain.errors import DataSetError  # noqa: E402
from senoscope.models.evaluation.mammogram_sets.marked_view import MALIGNANT  # noqa: E402
from senoscope.models.networks.googlenet import GoogLeNet  # noqa: E402
from senoscope.models.networks.resnet import ResNet  # noqa: E402
from senoscope.models.training.mammography.learnt_views import LearntViews  # noqa: E402
from senoscope.models.training.mammography.patches import (  # noqa: E402
    SIDE,
    PatchOverView,
    PatchTask,
)
from tests.models.networks.exported import unreached  # noqa: E402
from tests.models.training.mammography.drawn_views import drawn, views  # noqa: E402


def test_half_of_a_batch_is_on_malignant_regions_and_the_rest_is_not() -> None:
    task = PatchTask(ResNet(), views())
    patches, labels = task.batch(SIDE, 12, np.random.default_rng(0))
    assert patches.shape == (12, 1, SIDE, SIDE)
    assert labels.tolist() == [1.0] * 6 + [0.0] * 6
    # The square is white, tissue is not.
    brightest = patches.amax(dim=(1, 2, 3))
    assert (brightest[:6] > 0.7).all() and (brightest[6:] < 0.6).all()
    # Shaken, a square still lies wholly on its patch.
    assert ((patches[:6] > 0.7).sum(dim=(1, 2, 3)) == 16 * 16).all()


def test_the_same_generator_draws_the_same_batch() -> None:
    task = PatchTask(ResNet(), views())
    one, other = (task.batch(SIDE, 8, np.random.default_rng(3))[0] for _ in range(2))
    assert torch.equal(one, other)


def test_the_loss_falls_with_what_is_right_and_reaches_every_weight() -> None:
    task = PatchTask(GoogLeNet(), views())
    batch = task.batch(SIDE, 4, np.random.default_rng(0))
    right = (2 * batch[1] - 1)[:, None]
    assert task.loss(4 * right, batch) < 0.1
    assert task.loss(-4 * right, batch) > 3
    assert not unreached(task.network, task.loss(task.network(batch[0]), batch))


@pytest.mark.parametrize("make", [GoogLeNet, ResNet])
def test_a_patch_alone_is_scored_as_the_network_scores_it(make: type) -> None:
    torch.manual_seed(0)
    network = make().eval()
    patch = torch.rand(1, 1, SIDE, SIDE)
    with torch.inference_mode():
        logit, saliency = PatchOverView(network)(patch)
        torch.testing.assert_close(logit, network(patch)[:, 0], rtol=1e-4, atol=1e-4)
    assert saliency.shape == (1, 1, SIDE // 32, SIDE // 32)
    assert saliency[0, 0, 1, 1] == logit.sigmoid()


def test_a_whole_view_s_logit_is_its_most_suspicious_window() -> None:
    network = ResNet().eval()
    with torch.inference_mode():
        logit, saliency = PatchOverView(network)(torch.rand(2, 1, 192, 128))
    assert logit.shape == (2,) and saliency.shape == (2, 1, 6, 4)
    torch.testing.assert_close(saliency.amax(dim=(1, 2, 3)), logit.sigmoid())


def test_without_malignant_regions_patches_cannot_be_learnt() -> None:
    bare = [drawn(name, name in "ac", place) for place, name in enumerate("abcd")]
    for view in bare:
        view.truth[view.truth == MALIGNANT] = 0
    with pytest.raises(DataSetError, match="0 malignant regions to fit"):
        PatchTask(ResNet(), LearntViews(tuple(bare[:2]), tuple(bare[2:])))


def test_views_that_are_malignant_all_over_have_no_bare_tissue() -> None:
    full = [drawn(name, name in "ac", place) for place, name in enumerate("abcd")]
    for view in full:
        view.truth[:] = MALIGNANT
    with pytest.raises(DataSetError, match="expected bare tissue"):
        PatchTask(ResNet(), LearntViews(tuple(full[:2]), tuple(full[2:])))

"""What the networks are fitted to: what a batch holds, and what the losses reward."""

from __future__ import annotations

import math

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch, of the [train] extra")

from senoscope.models.evaluation.ultrasound_sets import Diagnosis  # noqa: E402
from senoscope.models.networks.googlenet import GoogLeNet, GoogLeNetOutput  # noqa: E402
from senoscope.models.networks.resnet import ResNet  # noqa: E402
from senoscope.models.networks.unet import RealTimeUNet, UNetOutput  # noqa: E402
from senoscope.models.training.classifier import CLASSES, ClassifierTask  # noqa: E402
from senoscope.models.training.pretraining import OutliningTrunk  # noqa: E402
from senoscope.models.training.samples import Sample, Samples  # noqa: E402
from senoscope.models.training.unet import UNetTask  # noqa: E402

SHAPE = (96, 128)


def sample(name: str, diagnosis: Diagnosis, left: int = 20) -> Sample:
    rng = np.random.default_rng(len(name) + left)
    pixels = rng.integers(60, 180, SHAPE).astype(np.uint8)
    mask = np.zeros(SHAPE, np.uint8)
    if diagnosis is not Diagnosis.NORMAL:
        mask[30:60, left : left + 35] = 255
        pixels[mask > 0] //= 3
    return Sample(name, pixels, pixels, mask, diagnosis, group=name)


SAMPLES = Samples(
    fitted=(
        sample("a", Diagnosis.MALIGNANT),
        sample("b", Diagnosis.BENIGN, 8),
        sample("c", Diagnosis.NORMAL),
    ),
    inner=(sample("d", Diagnosis.MALIGNANT, 30), sample("e", Diagnosis.BENIGN)),
    phantoms=(sample("f", Diagnosis.BENIGN, 50),),
)


@pytest.fixture(scope="module")
def unet() -> UNetTask:
    torch.manual_seed(0)
    return UNetTask(RealTimeUNet(width=8), SAMPLES, 64)


@pytest.fixture(scope="module")
def classifier() -> ClassifierTask:
    torch.manual_seed(0)
    return ClassifierTask(ResNet(classes=CLASSES), SAMPLES, 64, (0.1, 0.5))


def test_a_u_net_s_batch_holds_lesions_and_bare_tissue(unet: UNetTask) -> None:
    pictures, masks, present, malignant = unet.batch(64, 16, np.random.default_rng(0))
    assert pictures.shape == masks.shape == (16, 1, 64, 64)
    assert set(masks.unique().tolist()) == {0.0, 1.0}
    assert 8 <= int(present.sum()) <= 13
    assert malignant[present == 0].isnan().all()
    assert set(malignant[~malignant.isnan()].tolist()) == {0.0, 1.0}


def test_the_same_generator_draws_the_same_batch(unet: UNetTask) -> None:
    first, again = (unet.batch(64, 16, np.random.default_rng(7)) for _ in range(2))
    for one, other in zip(first, again, strict=True):
        torch.testing.assert_close(one, other, equal_nan=True, rtol=0, atol=0)


def u_net_output(batch: tuple[torch.Tensor, ...], sure: float) -> UNetOutput:
    """All that is right, with `sure` logits; all that is wrong where that is negative."""
    _, mask, present, malignant = batch
    coarse = torch.nn.functional.avg_pool2d(mask, 8)
    return UNetOutput(
        sure * (2 * mask - 1),
        sure * (2 * present - 1),
        sure * (2 * malignant.nan_to_num() - 1),
        (sure * (2 * coarse - 1),),
    )


def test_the_loss_of_a_u_net_falls_with_each_thing_that_is_right(unet: UNetTask) -> None:
    batch = unet.batch(64, 16, np.random.default_rng(1))
    right, wrong = u_net_output(batch, 4.0), u_net_output(batch, -4.0)
    least = float(unet.loss(right, batch))
    assert least < 0.5
    for part in UNetOutput._fields:
        assert float(unet.loss(right._replace(**{part: getattr(wrong, part)}), batch)) > least + 0.3


def test_a_network_without_the_other_heads_is_fitted_too(unet: UNetTask) -> None:
    batch = unet.batch(64, 16, np.random.default_rng(1))
    whole = u_net_output(batch, 4.0)
    assert math.isfinite(float(unet.loss(UNetOutput(whole.lesion, whole.presence), batch)))


def test_an_error_at_the_outline_costs_more_than_one_far_from_it(unet: UNetTask) -> None:
    mask = torch.zeros(1, 1, 64, 64)
    mask[..., 20:40, 20:40] = 1
    batch = (mask, mask, torch.ones(1), torch.full((1,), math.nan))
    losses = []
    for row in (19, 60):
        lesion = 6 * (2 * mask - 1)
        lesion[..., row, 30] = 6
        losses.append(float(unet.loss(UNetOutput(lesion, torch.ones(1)), batch)))
    assert losses[0] > losses[1] + 1e-4


def test_the_log_of_a_u_net_has_its_figures(unet: UNetTask) -> None:
    figures = unet.score(unet.network.eval())
    assert {"dice", "found", "presence_auc_normals", "presence_auc_strips", "auc_frame"} == set(
        figures
    )
    assert 0 <= figures["dice"] <= 1


def test_a_classifier_s_batch_ends_with_bare_tissue(classifier: ClassifierTask) -> None:
    crops, malignant, lesion = classifier.batch(64, 16, np.random.default_rng(0))
    assert crops.shape == (16, 1, 64, 64)
    assert lesion.tolist() == [1.0] * 12 + [0.0] * 4
    assert malignant.isnan().tolist() == [False] * 12 + [True] * 4
    assert 0.05 <= float(malignant[:12].min()) <= float(malignant[:12].max()) <= 0.95
    # What the task calls bare is brighter than the lesions, which are a third as bright.
    assert float(crops[12:].mean()) > float(crops[:12].mean())


def test_the_loss_of_a_classifier_falls_with_each_answer(classifier: ClassifierTask) -> None:
    batch = classifier.batch(64, 16, np.random.default_rng(2))
    right = torch.stack([8 * (batch[1].nan_to_num() - 0.5), 8 * (batch[2] - 0.5)], dim=1)
    least = float(classifier.loss(right, batch))
    for answer in range(CLASSES):
        wrong = right.clone()
        wrong[:, answer] *= -1
        assert float(classifier.loss(wrong, batch)) > least + 0.3


def test_auxiliary_classifiers_are_held_to_the_same_answers(classifier: ClassifierTask) -> None:
    batch = classifier.batch(64, 16, np.random.default_rng(2))
    right = torch.stack([8 * (batch[1].nan_to_num() - 0.5), 8 * (batch[2] - 0.5)], dim=1)
    alone = float(classifier.loss(right, batch))
    three = float(classifier.loss(GoogLeNetOutput(right, right, right), batch))
    assert three == pytest.approx(1.6 * alone, rel=1e-5)


@pytest.mark.parametrize("make", [ResNet, GoogLeNet])
def test_pre_training_reaches_what_the_diagnosis_starts_from(make: type) -> None:
    torch.manual_seed(0)
    network = OutliningTrunk(make(CLASSES))
    output = network(torch.randn(2, 1, 64, 96))
    assert output.lesion.shape == (2, 1, 64, 96)
    (output.lesion.square().mean() + output.presence.square().mean()).backward()
    first = next(iter(network.classifier.parameters()))
    assert first.grad is not None
    assert first.grad.any()

"""What a network is fed, what it may give, and the views that it takes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from senoscope.domain.errors import EngineUnavailable, ImageError, ModelPackageError
from senoscope.domain.mammogram import Intent, Laterality, Mammogram
from senoscope.models.mammogram_card import MammogramCard
from senoscope.models.mammogram_model import FOUR, MammogramModel, fitted, load_mammogram_model
from tests.models.scripted import ScriptedEngine
from tests.models.test_mammogram_card import card, write

CARD = MammogramCard(
    Path("mine"), "net", "2", ("CC", "MLO"), 1, (64, 96), -1.0, 3.0, Intent.PRESENTATION,
    has_saliency=True, is_clinical=False, trained_on="simulated",
)  # fmt: skip


class Scripted(ScriptedEngine):
    def __init__(self, shape: tuple[int, ...], **outputs: object) -> None:
        super().__init__(**outputs)
        self.input_shape = shape


class BackEndOf:
    NAME = "scripted"

    def __init__(self, engine: Scripted | None) -> None:
        self.engine = engine

    def is_available(self) -> str | None:
        return None

    def load(self, onnx: bytes) -> Scripted:
        if self.engine is None:
            raise EngineUnavailable("The model is refused.")
        return self.engine


def view(
    side: Laterality | None = Laterality.LEFT,
    name: str | None = "CC",
    intent: Intent = Intent.PRESENTATION,
) -> Mammogram:
    pixels = np.zeros((128, 100), np.float32)
    pixels[:, :50] = 1
    return Mammogram(pixels, intent, side, name, None)


def one(**outputs: object) -> Scripted:
    given = {"malignant": [0.25], "saliency": np.zeros((1, 1, 2, 3)), **outputs}
    return Scripted((1, 1, 64, 96), **given)


def test_a_view_is_fed_at_the_upper_left_from_low_to_high() -> None:
    engine = one()
    (score,) = MammogramModel(CARD, engine).read([view()])
    picture = engine.fed[-1]
    assert picture.shape == (1, 1, 64, 96) and picture.dtype == np.float32
    assert np.all(picture[0, 0, :, :25] == 3)
    assert np.all(picture[0, 0, :, 26:] == -1)
    assert (score.malignant, score.by) == (0.25, CARD.title)


def test_a_map_lies_where_its_cells_lay_on_the_view() -> None:
    saliency = np.zeros((1, 1, 64, 96))
    saliency[0, 0, 10, 20] = 1
    saliency[0, 0, 40, 80] = 0.9
    (score,) = MammogramModel(CARD, one(saliency=saliency)).read([view()])
    assert score.saliency is not None and score.saliency.shape == (128, 100)
    row, column = np.unravel_index(score.saliency.argmax(), score.saliency.shape)
    assert abs(row - 20.5) <= 1 and abs(column - 40.5) <= 1
    # What lay beyond the view, in the padding, is not on it.
    assert score.saliency[70:].max() == 0


def test_a_wide_view_is_held_by_its_columns() -> None:
    picture = fitted(np.ones((64, 192), np.float32), (64, 96))
    assert np.all(picture[:32] == 1) and np.all(picture[32:] == 0)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (view(intent=Intent.PROCESSING), "is FOR PROCESSING; net 2 .* was made for FOR PRES"),
        (view(name="ML"), "view is ML; net 2 .* takes CC, MLO"),
        (view(name=None), "view is not known"),
    ],
)
def test_a_view_that_it_was_not_made_for_is_refused(given: Mammogram, told: str) -> None:
    with pytest.raises(ImageError, match=told):
        MammogramModel(CARD, one()).read([given])


@pytest.mark.parametrize(
    "outputs",
    [
        {"malignant": [[0.5]]}, {"malignant": [1.2]}, {"malignant": [-3.0]},
        {"malignant": [float("nan")]}, {"saliency": np.zeros((1, 2, 3))},
        {"saliency": np.full((1, 1, 2, 3), 7)}, {"saliency": np.zeros((2, 1, 2, 3))},
    ],
)  # fmt: skip
def test_outputs_that_the_card_does_not_say_are_refused_before_anything_is_read(
    outputs: dict[str, object],
) -> None:
    with pytest.raises(ModelPackageError, match=r"gives .* all within 0 to 1"):
        MammogramModel(CARD, one(**outputs))


def test_without_an_output_or_of_another_input_it_is_refused() -> None:
    with pytest.raises(ModelPackageError, match=r"takes \(1, 1, 64, 64\); its card asks for"):
        MammogramModel(CARD, Scripted((1, 1, 64, 64), malignant=[0.5]))
    with pytest.raises(ModelPackageError, match="Export probabilities by these names"):
        MammogramModel(CARD, Scripted((1, 1, 64, 96), malignant=[0.5]))
    with pytest.raises(ModelPackageError, match="Export probabilities by these names"):
        MammogramModel(CARD, Scripted((1, 1, 64, 96), output=[0.5]))
    bare = replace(CARD, has_saliency=False)
    read = MammogramModel(bare, Scripted((1, 1, 64, 96), malignant=[0.5])).read([view()])
    assert read[0].saliency is None


def test_four_views_are_fed_in_one_order_and_answered_in_that_given() -> None:
    four = replace(CARD, at_once=4, has_saliency=False)
    engine = Scripted((4, 1, 64, 96), malignant=[0.1, 0.2, 0.3, 0.4])
    model = MammogramModel(four, engine)
    given = [view(*FOUR[place]) for place in (3, 0, 2, 1)]
    assert [round(each.malignant, 3) for each in model.read(given)] == [0.4, 0.1, 0.3, 0.2]
    unknown = view(None)
    for wrong in (given[:3], [*given, view()], [given[0], *given[:3]], [*given, unknown], []):
        with pytest.raises(ImageError, match="reads R CC, L CC, R MLO and L MLO at once"):
            model.read(wrong)


def test_a_network_that_cannot_be_loaded_says_how_to_export_it(tmp_path: Path) -> None:
    folder = write(tmp_path / "mine", card())
    with pytest.raises(ModelPackageError, match=r"The model is refused.*\(1, 1, 64, 96\)"):
        load_mammogram_model(folder, BackEndOf(None))
    loaded = load_mammogram_model(folder, BackEndOf(Scripted((1, 1, 64, 96), malignant=[0.5])))
    assert loaded.read([view()])[0].malignant == 0.5


def test_what_is_no_network_is_told_by_the_real_engine(tmp_path: Path) -> None:
    with pytest.raises(ModelPackageError, match="The network in mine cannot be loaded"):
        load_mammogram_model(write(tmp_path / "mine", card(), b"no network"))

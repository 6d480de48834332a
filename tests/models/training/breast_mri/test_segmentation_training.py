"""Segmentation networks of breast MRI: fitted, gone on with, written and read by the adapter."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch, of the [train] extra")
pytest.importorskip("nncf", reason="exporting needs nncf, of the [train] extra")

from senoscope.domain.errors import DataSetError, SettingsError  # noqa: E402
from senoscope.models.breast_mri_card import MriChannel, MriTarget  # noqa: E402
from senoscope.models.breast_mri_network import (  # noqa: E402
    channels_of,
    load_breast_mri_network,
)
from senoscope.models.evaluation.breast_mri.mama_mia import (  # noqa: E402
    MamaMiaSplit,
    read_mama_mia,
)
from senoscope.models.evaluation.metrics import dice  # noqa: E402
from senoscope.models.training.breast_mri.cases import prepared  # noqa: E402
from senoscope.models.training.breast_mri.segmentation_task import (  # noqa: E402
    OverVolumes,
    SegmentationTask,
)
from senoscope.models.training.breast_mri.segmentation_training import (  # noqa: E402
    Outlining,
    _is_inner,
    new_network,
    tissue_plan,
    train_segmentation,
    tumour_plan,
)
from tests.models.evaluation.breast_mri.drawn_exams import drawn_exam, drawn_folder  # noqa: E402

PLAN = replace(
    tumour_plan(steps=60, batch=4, seed=0),
    patch=(8, 16, 16),
    spacing_mm=(2.0, 2.0, 2.0),
    width=4,
    learning_rate=1e-2,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return drawn_folder(tmp_path_factory.mktemp("drawn"), train=8, test=1)


def said(_: str) -> None:
    pass


def test_a_network_learns_and_its_file_says_the_same(folder: Path, tmp_path: Path) -> None:
    patients = read_mama_mia(folder, MamaMiaSplit.TRAIN)
    assert {_is_inner(each.name) for each in patients} == {True, False}
    card = train_segmentation(PLAN, patients, tmp_path / "run", tmp_path / "made", said)
    assert not card.is_clinical and "simulated" in card.trained_on
    network = load_breast_mri_network(tmp_path / "made")
    series, tumour, _ = drawn_exam(8)
    found = network.probability(series)
    assert found.shape == series.shape
    assert dice(found >= 0.5, tumour) > 0.6
    again = train_segmentation(PLAN, patients, tmp_path / "run", tmp_path / "again", said)
    assert again.sha256 == card.sha256


def test_export_and_torch_agree(tmp_path: Path) -> None:
    from senoscope.models.engines import openvino  # noqa: PLC0415
    from senoscope.models.training.breast_mri.segmentation_training import (  # noqa: PLC0415
        export_outlining,
    )

    torch.manual_seed(3)
    for plan in (PLAN, replace(tissue_plan(MriTarget.BREAST, 1, 1, 0), patch=(1, 32, 32), width=8)):
        outlining = Outlining(new_network(plan)).eval()
        shape = (1, len(plan.channels), *(plan.patch if plan.patch[0] > 1 else plan.patch[1:]))
        export_outlining(outlining, shape, tmp_path / "model.onnx")
        volume = np.random.default_rng(0).normal(0.3, 0.5, shape).astype(np.float32)
        engine = openvino.load((tmp_path / "model.onnx").read_bytes())
        by_file = np.array(engine.run(volume)["probability"])
        with torch.inference_mode():
            by_network = outlining(torch.from_numpy(volume)).numpy()
        assert by_file.shape == (1, 1, *shape[2:])
        assert np.allclose(by_file, by_network, atol=1e-5)


def test_a_run_that_was_stopped_ends_as_an_unbroken_one(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    patients = read_mama_mia(folder, MamaMiaSplit.TRAIN)
    plan = replace(PLAN, steps=100)

    class Stopped(Exception):
        pass

    def stop_late(words: str) -> None:
        if words.startswith("step 100/"):
            raise Stopped

    with pytest.raises(Stopped):
        train_segmentation(plan, patients, tmp_path / "run", tmp_path / "a", stop_late)
    assert (tmp_path / "run" / "checkpoint.pt").is_file()
    broken = train_segmentation(plan, patients, tmp_path / "run", tmp_path / "a", said)
    unbroken = train_segmentation(plan, patients, tmp_path / "other", tmp_path / "b", said)
    assert broken.sha256 == unbroken.sha256


def test_another_recipe_in_the_same_folder_is_refused(folder: Path, tmp_path: Path) -> None:
    patients = read_mama_mia(folder, MamaMiaSplit.TRAIN)
    train_segmentation(replace(PLAN, steps=50), patients, tmp_path / "run", tmp_path / "a", said)
    with pytest.raises(SettingsError, match="another recipe"):
        train_segmentation(PLAN, patients, tmp_path / "run", tmp_path / "a", said)


def test_tissue_is_learnt_from_slices(folder: Path, tmp_path: Path) -> None:
    patients = read_mama_mia(folder, MamaMiaSplit.TRAIN)
    plan = replace(
        tissue_plan(MriTarget.FIBROGLANDULAR, steps=150, batch=4, seed=0),
        patch=(1, 32, 32), spacing_mm=(2.0, 1.0, 1.0), width=8, learning_rate=1e-2,
    )  # fmt: skip
    train_segmentation(plan, patients, tmp_path / "run", tmp_path / "made", said)
    series, _, tissue = drawn_exam(8)
    found = load_breast_mri_network(tmp_path / "made").probability(series) >= 0.5
    assert dice(found, (tissue & 2) > 0) > 0.7


def test_tissue_without_labels_is_refused(tmp_path: Path) -> None:
    drawn_folder(tmp_path / "set", train=2, test=0)
    for path in (tmp_path / "set" / "segmentations" / "tissue").iterdir():
        path.unlink()
    patients = read_mama_mia(tmp_path / "set")
    with pytest.raises(DataSetError, match="MAMA-MIA has none"):
        prepared(patients, MriTarget.BREAST, (2.0, 2.0, 2.0), tmp_path / "kept", said)


def test_prepared_exams_are_those_the_adapter_feeds(folder: Path, tmp_path: Path) -> None:
    patients = read_mama_mia(folder, MamaMiaSplit.TEST)
    spacing = (2.0, 2.0, 2.0)
    (case,) = prepared(patients, MriTarget.TUMOUR, spacing, tmp_path, said)
    wanted = channels_of(patients[0].series(), tuple(MriChannel), spacing)
    assert np.allclose(case.volume, wanted, atol=2e-3)
    assert case.truth.shape == case.volume.shape[1:]
    _, tumour, _ = drawn_exam(8)
    assert int(case.truth.sum()) * 4 == pytest.approx(int(tumour.sum()), rel=0.15)


def test_patches_cover_the_channels_that_are_asked_for(folder: Path, tmp_path: Path) -> None:
    patients = read_mama_mia(folder, MamaMiaSplit.TRAIN)
    cases = prepared(patients, MriTarget.TUMOUR, PLAN.spacing_mm, tmp_path, said)
    plan = replace(PLAN, channels=(MriChannel.LATE, MriChannel.PRE))
    network = new_network(plan)
    assert isinstance(network, OverVolumes)
    task = SegmentationTask(network, plan.channels, plan.patch, cases[:6], cases[6:])
    folded, truth = task.batch(16, 5, np.random.default_rng(1))
    assert folded.shape == (5, 16, 16, 16) and truth.shape == (5, 1, 8, 16, 16)
    assert float(truth[0].sum()) > 0
    assert network(folded).shape == (5, 1, 8, 16, 16)


def test_nothing_outlined_is_refused(folder: Path, tmp_path: Path) -> None:
    patients = read_mama_mia(folder, MamaMiaSplit.TRAIN)[:2]
    cases = prepared(patients, MriTarget.TUMOUR, PLAN.spacing_mm, tmp_path, said)
    empty = [replace(each, truth=np.zeros_like(each.truth)) for each in cases]
    with pytest.raises(DataSetError, match="outlined"):
        SegmentationTask(new_network(PLAN), PLAN.channels, PLAN.patch, empty, cases)

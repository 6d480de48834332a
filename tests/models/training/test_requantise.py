"""int8 weights made anew say what the fp32 ones say, and replace the old ones whole or not."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("nncf", reason="training needs the [train] extra")

import torch

from senoscope.domain.errors import SettingsError
from senoscope.models.engines import openvino
from senoscope.models.evaluation.ultrasound_sets import Diagnosis
from senoscope.models.networks.unet_classic import ClassicUNet
from senoscope.models.package import ModelPackage, Precision, load_package
from senoscope.models.training import requantise as made_anew
from senoscope.models.training.export import ExportedUNet, export_onnx
from senoscope.models.training.packaging import PackagePlan, write_card
from senoscope.models.training.requantise import config_of, requantise
from senoscope.models.training.samples import Sample, Samples
from senoscope.models.training.trainers import UNGATED, TrainingConfig, read_config, shipped_config

SIDE = 32
SETTINGS = {"lesion_from": 0.5, "smallest_share": 0.001}


def sample(seed: int) -> Sample:
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 80, (SIDE, SIDE), np.uint8)
    mask = np.zeros((SIDE, SIDE), np.uint8)
    mask[8:20, 4:12] = 255
    # A rare bright spot: scales that are cut short of it lose what it says.
    pixels[seed % SIDE, seed % 7] = 255
    return Sample(f"s{seed}", pixels, pixels, mask, Diagnosis.BENIGN, f"s{seed}")


SAMPLES = Samples(tuple(sample(k) for k in range(24)), tuple(sample(k) for k in range(90, 94)), ())


@pytest.fixture
def config() -> TrainingConfig:
    return read_config(shipped_config("unet-classic"))


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    torch.manual_seed(3)
    network = ClassicUNet(2).eval()
    path = tmp_path_factory.mktemp("exported") / "model.onnx"
    export_onnx(ExportedUNet(network), SIDE, path)
    return path.read_bytes()


@pytest.fixture
def package(tmp_path: Path, exported: bytes, monkeypatch: pytest.MonkeyPatch) -> ModelPackage:
    folder = tmp_path / "net"
    folder.mkdir()
    (folder / "model.fp32.onnx").write_bytes(exported)
    (folder / "model.fp16.onnx").write_bytes(b"old")
    (folder / "model.int8.onnx").write_bytes(b"old")
    about = {"made_by": "senoscope train, unet-classic.toml", "metrics": {"old": 1}}
    write_card(PackagePlan("net", "0.0.1", SIDE, about), {**SETTINGS, **UNGATED}, folder)
    monkeypatch.setattr(made_anew, "read_samples", lambda *_: SAMPLES)
    # A network with random weights finds no lesion to set it by.
    monkeypatch.setattr(made_anew, "presence_settings", lambda *_: UNGATED)
    return load_package(folder)


def test_the_new_weights_say_what_the_fp32_ones_say(
    package: ModelPackage, config: TrainingConfig
) -> None:
    made = requantise(config, Path("nowhere"), package.folder, lambda _: None)
    int8, fp16, fp32 = (openvino.load(made.weights(precision)) for precision in Precision)
    assert made.weights(Precision.FP32) == package.weights(Precision.FP32)
    picture = ((SAMPLES.inner[0].pixels / 255 - 0.25) / 0.2).astype(np.float32)[None, None]
    said, again = fp32.run(picture), int8.run(picture)
    np.testing.assert_allclose(fp16.run(picture)["lesion"], said["lesion"], atol=2e-3)
    # Two channels of random weights: near, not equal.
    assert np.corrcoef(said["lesion"].ravel(), again["lesion"].ravel())[0, 1] > 0.8
    assert again["presence"] == pytest.approx(said["presence"], abs=0.1)


def test_the_card_is_of_the_new_version_and_holds_no_figure_of_the_old(
    package: ModelPackage, config: TrainingConfig
) -> None:
    made = requantise(config, Path("nowhere"), package.folder, lambda _: None)
    assert made.version == config.values["version"]
    assert "metrics" not in json.loads((package.folder / "card.json").read_text())
    assert set(made.settings) == set(package.settings)
    assert [each.name for each in package.folder.parent.iterdir()] == ["net"]


def test_where_quantising_fails_the_package_stays_as_it_was(
    package: ModelPackage, config: TrainingConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(made_anew, "write_narrower", fail)
    with pytest.raises(OSError, match="disk full"):
        requantise(config, Path("nowhere"), package.folder, lambda _: None)
    assert (package.folder / "model.int8.onnx").read_bytes() == b"old"
    assert load_package(package.folder).version == "0.0.1"
    assert [each.name for each in package.folder.parent.iterdir()] == ["net"]


def test_the_configuration_is_the_one_the_card_names(package: ModelPackage) -> None:
    assert config_of(package) == shipped_config("unet-classic")


@pytest.mark.parametrize("made_by", ["", "senoscope train, mine.toml", "../../pyproject.toml", "x"])
def test_a_configuration_that_does_not_ship_is_asked_for(
    package: ModelPackage, made_by: str
) -> None:
    card = dict(package.card) | {"made_by": made_by}
    (package.folder / "card.json").write_text(json.dumps(card))
    with pytest.raises(SettingsError, match="--config"):
        config_of(load_package(package.folder))


def test_a_classifier_calibrated_on_its_int8_weights_is_left_to_its_own_command(
    package: ModelPackage,
) -> None:
    alone = read_config(shipped_config("alexnet"))
    crops = json.loads((package.folder / "card.json").read_text())
    crops["input"]["margins"] = [0.1]
    (package.folder / "card.json").write_text(json.dumps(crops))
    with pytest.raises(SettingsError, match="its own command"):
        requantise(alone, Path("nowhere"), package.folder, lambda _: None)

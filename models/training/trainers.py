"""What `senoscope train` does: data, fit, package; one function a network."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch

from senoscope.domain.errors import SettingsError
from senoscope.models.classifier import Classifier
from senoscope.models.engines import openvino
from senoscope.models.evaluation.calibration_error import platt_scaling
from senoscope.models.evaluation.matching import best_match
from senoscope.models.evaluation.ultrasound_sets import Diagnosis
from senoscope.models.networks.alexnet import AlexNet
from senoscope.models.networks.googlenet import GoogLeNet
from senoscope.models.networks.resnet import ResNet
from senoscope.models.networks.unet import RealTimeUNet
from senoscope.models.networks.vgg import VGG19
from senoscope.models.package import ModelPackage, Precision, load_package
from senoscope.models.segmenter import Segmenter
from senoscope.models.training import packaging
from senoscope.models.training.classifier import ClassifierTask
from senoscope.models.training.export import ExportedClassifier, ExportedUNet
from senoscope.models.training.fit import Recipe, Stage, fit
from senoscope.models.training.packaging import PackagePlan
from senoscope.models.training.samples import DataFolders, Sample, Samples, load_samples
from senoscope.models.training.unet import UNetTask

LICENCES = {
    "BUS-BRA": "free use and redistribution with notice; 10.1002/mp.16812",
    "BUSI": "CC BY 4.0; 10.1016/j.dib.2019.104863",
}
CLASSIFIERS: Mapping[str, Callable[[], torch.nn.Module]] = {
    "googlenet": GoogLeNet,
    "alexnet": AlexNet,
    "vgg19": VGG19,
    "resnet18": ResNet,
}
"""By the name a configuration gives them."""
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """A configuration file as read: `recipe` fits, `values` holds the rest by name."""

    path: Path
    recipe: Recipe
    values: Mapping[str, Any]


def read_config(path: Path) -> TrainingConfig:
    """SettingsError says what the file lacks or holds in excess."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
        table = values.pop("recipe")
        unknown = set(table) - {field.name for field in fields(Recipe)}
        if unknown:
            raise SettingsError(f"{path.name}: [recipe] does not know {sorted(unknown)}.")
        stages = tuple(Stage(**stage) for stage in table.pop("stages"))
        return TrainingConfig(path, Recipe(stages=stages, **table), values)
    except (OSError, KeyError, TypeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(
            f"{path} is not a training configuration ({error!r}). "
            "Start from the one beside the trainer in models/training."
        ) from error


def shipped_config(network: str) -> Path:
    """The configuration the shipped package was made with."""
    return Path(__file__).with_name(f"{network}.toml")


def train_unet(
    config: TrainingConfig, data: Path, phantoms: Path, run: Path, target: Path, say: Say
) -> ModelPackage:
    """Fit, export, quantise and package the real-time U-Net into folder `target`."""
    samples = _samples(config, data, (phantoms,), say)
    torch.manual_seed(config.recipe.seed)
    network = RealTimeUNet(config.values["width"])
    average = fit(UNetTask(network, samples), config.recipe, run, say)
    assert isinstance(average, RealTimeUNet)
    say("exporting and quantising")
    plan = _plan(config, samples, average, "outlines lesions and says whether there is any")
    made = run / "package"
    packaging.write_weights(plan, ExportedUNet(average), samples.fitted, made)
    settings = {
        "lesion_from": 0.5, "smallest_share": 0.001, "head_share": 0.0, "presence_from": 0.0,
    }  # fmt: skip
    packaging.write_card(plan, settings, made)
    ungated = load_package(made)
    segmenter = Segmenter(openvino.load(ungated.weights(Precision.INT8)), ungated)
    settings["head_share"], settings["presence_from"] = packaging.presence_rule(
        segmenter, samples.inner, config.values["kept_share"]
    )
    packaging.write_card(plan, settings, made)
    packaging.move_into_place(made, target)
    return load_package(target)


def train_classifier(
    config: TrainingConfig, data: Path, segmenter_package: Path, run: Path, target: Path, say: Say
) -> ModelPackage:
    """Fit, export, quantise and package a classifier; calibrated on *predicted* inner lesions.

    True outlines were drawn by people who knew the diagnosis, predicted ones were not.
    """
    network = CLASSIFIERS.get(config.values["network"])
    if network is None:
        raise SettingsError(
            f"{config.path.name} names the network {config.values['network']!r}; "
            f"expected one of {', '.join(CLASSIFIERS)}."
        )
    samples = _samples(config, data, (), say)
    torch.manual_seed(config.recipe.seed)
    task = ClassifierTask(network(), samples, config.values["size"])
    average = fit(task, config.recipe, run, say)
    say("exporting and quantising")
    plan = _plan(config, samples, average, "scores an outlined lesion: probability of malignancy")
    made = run / "package"
    fitted = [sample for sample in samples.fitted if sample.has_lesion]
    packaging.write_weights(plan, ExportedClassifier(average), fitted, made)
    settings = {
        "calibration_slope": 1.0, "calibration_intercept": 0.0, "low_below": 0.0, "high_from": 1.0,
    }  # fmt: skip
    packaging.write_card(plan, settings, made)
    unet, raw = load_package(segmenter_package), load_package(made)
    segmenter = Segmenter(openvino.load(unet.weights(Precision.INT8)), unet)
    classifier = Classifier(openvino.load(raw.weights(Precision.INT8)), raw)
    logits, malignant = _inner_logits(segmenter, classifier, samples.inner)
    slope, intercept = platt_scaling(logits, malignant)
    calibrated = 1 / (1 + np.exp(-(slope * logits + intercept)))
    low, high = packaging.operating_point(calibrated, malignant)
    settings = {
        "calibration_slope": slope, "calibration_intercept": intercept,
        "low_below": low, "high_from": high,
    }  # fmt: skip
    packaging.write_card(plan, settings, made)
    packaging.move_into_place(made, target)
    return load_package(target)


def _inner_logits(
    segmenter: Segmenter, classifier: Classifier, inner: tuple[Sample, ...]
) -> tuple[np.ndarray, np.ndarray]:
    logits, malignant = [], []
    for sample in inner:
        if not sample.has_lesion:
            continue
        lesions = segmenter.segment(sample.pixels).lesions
        lesion = best_match(lesions, sample.mask > 127)
        if lesion is not None:
            logits.append(classifier.logit(sample.pixels, lesion.box))
            malignant.append(sample.diagnosis is Diagnosis.MALIGNANT)
    return np.array(logits), np.array(malignant)


def _samples(config: TrainingConfig, data: Path, phantoms: tuple[Path, ...], say: Say) -> Samples:
    # One thread a network is how it is used; OpenCV's own would fight it for the same core.
    cv2.setNumThreads(1)
    folders = DataFolders(
        bus_bra=data / "bus-bra",
        busi=data / "busi",
        phantoms=phantoms,
        folds=tuple(config.values["folds"]),
        parts=tuple(config.values["parts"]),
    )
    return load_samples(folders, config.values["inner_share"], say)


def _plan(
    config: TrainingConfig, samples: Samples, network: torch.nn.Module, task: str
) -> PackagePlan:
    groups = {sample.group for sample in samples.fitted}
    return PackagePlan(
        name=config.values["name"],
        version=config.values["version"],
        size=config.values["size"],
        about={
            "task": task,
            "made_by": f"senoscope train, {config.path.name}",
            "parameters": sum(each.numel() for each in network.parameters()),
            "trained_on": {
                "images": len(samples.fitted),
                "patients_or_duplicate_groups": len(groups),
                "inner_split_images": len(samples.inner),
                "simulated_frames": len(samples.phantoms),
                "data_licences": LICENCES,
            },
            "licence": "Apache-2.0",
            "limits": config.values["limits"],
        },
    )

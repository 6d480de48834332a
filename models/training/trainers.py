"""What `senoscope train` does: data, fit, package; one function a network."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import cv2
import torch

from senoscope.domain.errors import SettingsError
from senoscope.models.classifier import Classifier
from senoscope.models.engines import openvino
from senoscope.models.networks.alexnet import AlexNet
from senoscope.models.networks.googlenet import GoogLeNet
from senoscope.models.networks.resnet import ResNet
from senoscope.models.networks.unet import RealTimeUNet
from senoscope.models.networks.unet_classic import ClassicUNet
from senoscope.models.networks.vgg import VGG19
from senoscope.models.package import ModelPackage, Precision, load_package
from senoscope.models.segmenter import Segmenter
from senoscope.models.training import calibrating, packaging
from senoscope.models.training.classifier import CLASSES, ClassifierTask
from senoscope.models.training.export import ExportedClassifier, ExportedUNet
from senoscope.models.training.fit import Recipe, Stage, fit
from senoscope.models.training.packaging import PackagePlan
from senoscope.models.training.pretraining import OutliningTrunk
from senoscope.models.training.samples import DataFolders, Samples, load_samples
from senoscope.models.training.unet import UNetTask

LICENCES = {
    "BUS-BRA": "free use and redistribution with notice; 10.1002/mp.16812",
    "BUSI": "CC BY 4.0; 10.1016/j.dib.2019.104863",
}
CLASSIFIERS: Mapping[str, Callable[[int], torch.nn.Module]] = {
    "googlenet": GoogLeNet,
    "alexnet": AlexNet,
    "vgg19": VGG19,
    "resnet18": ResNet,
}
SEGMENTERS: Mapping[str, Callable[[int], torch.nn.Module]] = {
    "unet-realtime": RealTimeUNet,
    "unet-classic": ClassicUNet,
}
"""By the name a configuration gives them; made for classes, or for a width."""
UNCALIBRATED = {
    "calibration_slope": 1.0, "calibration_intercept": 0.0, "low_below": 0.0, "high_from": 1.0,
    "lesion_logit_from": -100.0, "prevalence": 0.5,
}  # fmt: skip
UNGATED = {
    "head_share": 0.0, "presence_from": 0.0, "presence_slope": 1.0, "presence_intercept": 0.0,
}  # fmt: skip
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """A configuration file as read: `recipe` fits, `values` holds the rest by name.

    `pretraining` fits a classifier's convolutions to outlines beforehand.
    """

    path: Path
    recipe: Recipe
    pretraining: Recipe | None
    values: Mapping[str, Any]


def read_config(path: Path) -> TrainingConfig:
    """SettingsError says what the file lacks or holds in excess."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
        recipe = _recipe(path, "recipe", values.pop("recipe"))
        before = values.pop("pretraining", None)
        pretraining = None if before is None else _recipe(path, "pretraining", before)
        return TrainingConfig(path, recipe, pretraining, values)
    except (OSError, KeyError, TypeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(
            f"{path} is not a training configuration ({error!r}). "
            "Start from the one beside the trainer in models/training."
        ) from error


def _named(
    networks: Mapping[str, Callable[[int], torch.nn.Module]], config: TrainingConfig
) -> Callable[[int], torch.nn.Module]:
    name = str(config.values.get("network"))
    if name not in networks:
        raise SettingsError(
            f"{config.path.name} names the network {name!r}; expected one of {', '.join(networks)}."
        )
    return networks[name]


def _recipe(path: Path, name: str, table: dict[str, Any]) -> Recipe:
    unknown = set(table) - {field.name for field in fields(Recipe)}
    if unknown:
        raise SettingsError(f"{path.name}: [{name}] does not know {sorted(unknown)}.")
    stages = tuple(Stage(**stage) for stage in table.pop("stages"))
    return Recipe(stages=stages, **table)


def shipped_config(network: str) -> Path:
    """The configuration the shipped package was made with."""
    return Path(__file__).with_name(f"{network}.toml")


def train_unet(
    config: TrainingConfig, data: Path, phantoms: Path, run: Path, target: Path, say: Say
) -> ModelPackage:
    """Fit, export, quantise and package a U-Net into folder `target`."""
    make = _named(SEGMENTERS, config)
    samples = read_samples(config, data, (phantoms,), say)
    torch.manual_seed(config.recipe.seed)
    network = make(config.values["width"])
    average = fit(UNetTask(network, samples, config.values["size"]), config.recipe, run, say)
    assert isinstance(average, RealTimeUNet | ClassicUNet)
    say("exporting and quantising")
    plan = _plan(config, samples, average, "outlines lesions and says whether there is any")
    made = run / "package"
    packaging.write_weights(plan, ExportedUNet(average), samples.fitted, made)
    settings = {"lesion_from": 0.5, "smallest_share": 0.001}
    settings |= presence_settings(plan, settings, samples, config, made)
    packaging.write_card(plan, settings, made)
    packaging.move_into_place(made, target)
    return load_package(target)


def presence_settings(
    plan: PackagePlan,
    settings: Mapping[str, float],
    samples: Samples,
    config: TrainingConfig,
    made: Path,
) -> dict[str, float]:
    """The rule for the int8 weights in `made`, found without any."""
    packaging.write_card(plan, {**settings, **UNGATED}, made)
    ungated = load_package(made)
    segmenter = Segmenter(openvino.load(ungated.weights(Precision.INT8)), ungated)
    return packaging.presence_rule(segmenter, samples.inner, config.values["kept_share"])


def train_classifier(
    config: TrainingConfig, data: Path, segmenter_package: Path, run: Path, target: Path, say: Say
) -> ModelPackage:
    """Fit, export, quantise and package a classifier; calibrated on *predicted* inner lesions.

    True outlines were drawn by people who knew the diagnosis, predicted ones were not.
    """
    network = _named(CLASSIFIERS, config)
    samples = read_samples(config, data, (), say)
    average = _fitted_classifier(network, samples, config, run, say)
    say("exporting and quantising")
    plan = _plan(config, samples, average, "scores an outlined lesion: probability of malignancy")
    made = run / "package"
    lesions = tuple(sample for sample in samples.fitted if sample.has_lesion)
    packaging.write_weights(plan, ExportedClassifier(average), lesions, made)
    packaging.write_card(plan, UNCALIBRATED, made)
    unet, raw = load_package(segmenter_package), load_package(made)
    segmenter = Segmenter(openvino.load(unet.weights(Precision.INT8)), unet)
    parts = config.values.get("cross_fit", 0)
    if parts:

        def without(part: Samples, number: int) -> torch.nn.Module:
            say(f"cross-fitting without part {number + 1} of {parts}")
            return _fitted_classifier(network, part, config, run, say, f"without{number + 1}")

        crop = (plan.size, plan.margins)
        scored = calibrating.cross_fitted(without, samples, parts, crop, segmenter)
        calibrating.write_out_of_fold(scored, made)
    else:
        classifier = Classifier(openvino.load(raw.weights(Precision.INT8)), raw)
        scored = calibrating.score_by_package(segmenter, classifier, samples.inner)
    settings, said = calibrating.calibration(scored)
    said["on"] = f"{parts} cross-fitted parts" if parts else "the inner split"
    plan = replace(plan, about={**plan.about, "calibration": {**said, "outlines": unet.title}})
    packaging.write_card(plan, settings, made)
    packaging.move_into_place(made, target)
    return load_package(target)


def _fitted_classifier(
    make: Callable[[int], torch.nn.Module],
    samples: Samples,
    config: TrainingConfig,
    run: Path,
    say: Say,
    folder: str = "",
) -> torch.nn.Module:
    """Pre-trained in `run`/pretraining, once for all parts of a cross-fit, as it sees no diagnosis.

    `folder` of `run` holds the checkpoints of the diagnosis.
    """
    torch.manual_seed(config.recipe.seed)
    network, size = make(CLASSES), config.values["size"]
    if config.pretraining is not None:
        say("pre-training: outlining lesions")
        outlining = UNetTask(OutliningTrunk(network), samples, config.pretraining.stages[-1].size)
        trunk = fit(outlining, config.pretraining, run / "pretraining", say)
        assert isinstance(trunk, OutliningTrunk)
        network.load_state_dict(trunk.classifier.state_dict())
        say("fitting the diagnosis")
    task = ClassifierTask(network, samples, size, config.values["margins"])
    return fit(task, config.recipe, run / folder, say)


def read_samples(
    config: TrainingConfig, data: Path, phantoms: tuple[Path, ...], say: Say
) -> Samples:
    """What `config` learns from, of folder `data`; simulated frames from `phantoms`."""
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
        margins=tuple(config.values.get("margins", ())),
        about={
            "task": task,
            "made_by": f"senoscope train, {config.path.name}",
            "parameters": _parameters_in_use(network),
            "trained_on": {
                "images": len(samples.fitted),
                "patients_or_duplicate_groups": len(groups),
                "inner_split_images": len(samples.inner),
                "simulated_frames": len(samples.phantoms),
                "data_licences": {
                    name: LICENCES[name]
                    for name, parts in (("BUS-BRA", "folds"), ("BUSI", "parts"))
                    if config.values[parts]
                },
            },
            "licence": "Apache-2.0",
            "limits": config.values["limits"],
        },
    )


def _parameters_in_use(network: torch.nn.Module) -> int:
    """Without the heads that only training uses."""
    return sum(
        weights.numel()
        for name, weights in network.named_parameters()
        if not name.startswith(("aux", "coarse"))
    )

"""Makes a package's fp16 and int8 weights anew: the way to changed, and the fit did not."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from senoscope.domain.errors import SettingsError
from senoscope.models.package import ModelPackage, load_package
from senoscope.models.training.packaging import (
    PackagePlan,
    move_into_place,
    write_card,
    write_narrower,
)
from senoscope.models.training.trainers import (
    Say,
    TrainingConfig,
    presence_settings,
    read_samples,
)


def config_of(package: ModelPackage) -> Path:
    """The configuration that its card names. SettingsError where none of that name ships."""
    name = Path(str(package.card.get("made_by", "")).rpartition(" ")[2]).name
    path = Path(__file__).with_name(name or "none.toml")
    if path.suffix != ".toml" or not path.exists():
        raise SettingsError(
            f"The card of {package.title} names the configuration {name!r}, which does not ship. "
            "Give the one it was trained with as --config."
        )
    return path


def requantise(config: TrainingConfig, data: Path, folder: Path, say: Say) -> ModelPackage:
    """Make the fp16 and int8 weights of the package in `folder` anew from its fp32 ones.

    With them what hangs on them: a U-Net's presence rule. A classifier's calibration stays, where
    it rests on fp32 logits of a cross-fit; SettingsError where it does not. The version becomes the
    configuration's; figures are taken off the card.
    """
    before = load_package(folder)
    if before.margins and not config.values.get("cross_fit", 0):
        raise SettingsError(
            f"{before.title} is calibrated on what its int8 weights say. Run its own command "
            "again, `senoscope train`: it only packages what was fitted."
        )
    samples = read_samples(config, data, (), say)
    about = {
        key: value
        for key, value in before.card.items()
        if key not in {"format", "name", "version", "input", "settings", "files", "metrics"}
    }
    plan = PackagePlan(before.name, config.values["version"], before.size, about, before.margins)
    lesions = tuple(sample for sample in samples.fitted if sample.has_lesion)
    with TemporaryDirectory(dir=folder.parent) as place:
        made = Path(place) / folder.name
        shutil.copytree(folder, made)
        say("quantising")
        write_narrower(plan, lesions if before.margins else samples.fitted, made)
        settings = dict(before.settings)
        if not before.margins:
            settings |= presence_settings(plan, settings, samples, config, made)
        write_card(plan, settings, made)
        move_into_place(made, folder)
    return load_package(folder)

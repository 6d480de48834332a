"""`senoscope doctor`: what works on this machine, and why the rest does not."""

from __future__ import annotations

import io
import json
import os
import platform
import zipfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import cv2
import typer

from senoscope import __version__
from senoscope.calibration.engine_choice import Trial
from senoscope.domain.errors import SenoscopeError
from senoscope.models.engines import onnxruntime, openvino, remote, tensorrt
from senoscope.models.package import CLASSIFIER, Precision, load_package, shipped_packages
from senoscope.realtime.sources.choose import available_sources, is_built_in
from senoscope.ui.assemble import operating_point
from senoscope.ui.calibration.site_calibration import fit_in_force
from senoscope.ui.engine_record import kept_trials, server_record
from senoscope.ui.logs import log_file
from senoscope.ui.settings import Settings, load_settings, settings_file
from senoscope.ui.written import write_bytes

SERVER = "inference server"
REQUIRED = ("engine", "model", "settings")
"""Kinds of which every one must work: a source can be plugged in, an option left out."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at; `reason` None: it works, as `works` says."""

    kind: str
    name: str
    reason: str | None
    works: str = "works"


def doctor(
    bundle: Annotated[
        Path | None,
        typer.Option(
            dir_okay=False, help="Also pack log and settings, without names, into this zip file."
        ),
    ] = None,
) -> None:
    """List sources, engines and models, with the reason for each that is not available."""
    machine, checks = _machine(), _checks()
    for name, value in machine.items():
        typer.echo(f"{name:12}{value}")
    for check in checks:
        typer.echo(f"{check.kind:8} {check.name:24} {check.reason or check.works}")
    if bundle is not None:
        write_bytes(bundle, _packed(machine, checks))
        typer.echo(f"Packed into {bundle}. Look through it before you send it.")
    if any(check.kind in REQUIRED and check.reason for check in checks):
        raise typer.Exit(1)


def _machine() -> dict[str, str]:
    return {
        "senoscope": __version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "machine": f"{os.cpu_count()} processors, {cv2.getCPUFeaturesLine()}",
        "packages": ", ".join(
            f"{name} {version(name)}" for name in ("numpy", "opencv-python", "openvino", "gradio")
        ),
    }


def _checks() -> list[Check]:
    return [
        *(Check("source", name, reason) for name, reason in available_sources()),
        Check("engine", openvino.NAME, openvino.is_available()),
        *(
            Check("option", each.NAME, each.is_available())
            for each in (onnxruntime, tensorrt, remote)
        ),
        *_readings(),
        *_server(),
        *(_model(folder) for folder in shipped_packages()),
        Check("settings", "file", _complaint_of_settings()),
        _probability(),
    ]


def _probability() -> Check:
    """By which fit the classifier's logits become a probability."""
    try:
        fit = fit_in_force()
        operating_point(load_package(CLASSIFIER), site_fit=fit)
    except SenoscopeError as error:
        return Check("settings", "probability", str(error))
    return Check("settings", "probability", None, "as shipped" if fit is None else fit.in_words)


def _readings() -> list[Check]:
    """What came of trying the engines here."""
    try:
        trials = kept_trials()
    except SenoscopeError:
        # A model is broken, and its own line says how.
        trials = None
    if trials is None:
        return [Check("reading", "with any engine", "not tried here yet: senoscope engines")]
    return [_reading(trial) for trial in trials]


def _server() -> list[Check]:
    """Whether the settings name an inference server, and what came of trying it."""
    if _complaint_of_settings() is not None:
        return []  # which has a line of its own
    try:
        record = server_record(lambda _: None)
        kept = None if record is None else record.kept()
    except SenoscopeError as error:
        return [Check("settings", SERVER, str(error))]
    if record is None:
        return [Check("settings", SERVER, None, "none is named")]
    named = "is named, and preferred" if record.named.prefer else "is named"
    if kept is None:
        named += "; it was not tried from here yet: senoscope engines"
    trials = () if kept is None else kept.trials
    return [Check("settings", SERVER, None, named), *map(_reading, trials)]


def _reading(trial: Trial) -> Check:
    return Check("reading", f"with {trial.way}", trial.refused and trial.in_words, trial.in_words)


def _model(folder: Path) -> Check:
    try:
        package = load_package(folder)
        for precision in Precision:
            package.weights(precision)
    except SenoscopeError as error:
        return Check("model", folder.name, str(error))
    return Check("model", package.title, None)


def _complaint_of_settings() -> str | None:
    try:
        load_settings(settings_file())
    except SenoscopeError as error:
        return str(error)
    return None


def _packed(machine: dict[str, str], checks: list[Check]) -> bytes:
    """A zip of what this command printed, the log, and the settings without any path or address.

    Paths are left out because people name files and folders after patients.
    """
    stored = load_settings(settings_file()) if _complaint_of_settings() is None else Settings()
    report = {"machine": machine, "checks": [_unnamed(check, stored) for check in checks]}
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("doctor.json", json.dumps(report, indent=2))
        if _complaint_of_settings() is None:
            areas = [str(area) for area in stored.framings.values()]
            archive.writestr("settings.json", json.dumps({"scan_areas": areas}, indent=2))
        if log_file().exists():
            log = log_file().read_text(encoding="utf-8", errors="replace")
            archive.writestr("senoscope.log", _without_names(log, stored))
    return content.getvalue()


def _without_names(log: str, stored: Settings) -> str:
    """`log` without this user's home, files and addresses of sources, and a server's address."""
    address = (stored.inference_server or {}).get("address")
    if address and isinstance(address, str):
        log = log.replace(address, "SERVER")
    for source in (stored.source, *stored.framings):
        if source is None or is_built_in(source):
            continue
        part = urlsplit(source).netloc if "://" in source else Path(source).name
        for name in filter(None, (source, part)):
            log = log.replace(name, "SOURCE")
    return log.replace(str(Path.home()), "~")


def _unnamed(check: Check, stored: Settings) -> dict[str, Any]:
    said = _without_names(check.reason or check.works, stored)
    return {"kind": check.kind, "name": check.name, "works": check.reason is None, "said": said}

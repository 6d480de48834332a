"""Which way reads on this machine: tried once, kept, and tried again when anything changed."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

import cv2
from platformdirs import user_cache_path

from senoscope import __version__
from senoscope.calibration.engine_choice import (
    Trial,
    as_json,
    fastest,
    fingerprint,
    from_json,
    tried,
)
from senoscope.calibration.engine_trust import calibration_clip
from senoscope.domain.errors import EngineUnavailable, SenoscopeError, StorageError
from senoscope.domain.frame import Gray
from senoscope.models.engines import gpu
from senoscope.models.engines.ways import REFERENCE, WAYS, Way, way_from_text, ways_of
from senoscope.models.package import CLASSIFIER, SEGMENTER, load_package
from senoscope.ui.engine_trial import attempt
from senoscope.ui.inference_server import named_server
from senoscope.ui.own_clip import own_clip, own_clip_folder, own_clip_state
from senoscope.ui.server_record import ServerRecord
from senoscope.ui.written import write_text

ENGINE_PACKAGES = (
    "openvino", "onnxruntime", "tensorrt", "tensorrt_rtx", "cuda-python", "pycuda", "numpy",
)  # fmt: skip
Say = Callable[[str], None]


def record_file() -> Path:
    """Where trials are kept for this user."""
    return user_cache_path("senoscope", appauthor=False) / "engines.json"


def kept_trials() -> tuple[Trial, ...] | None:
    """Of an earlier start; None where there are none, or they hold for another machine or state."""
    try:
        text = record_file().read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    return from_json(text, _state())


def new_trials(say: Say) -> tuple[Trial, ...]:
    """Try every way now, and keep what came of it if the disk allows."""
    say("simulating a calibration clip; the engines are tried once on each machine")
    trials = _tried(say, WAYS)
    try:
        write_text(record_file(), as_json(trials, _state()))
    except StorageError as error:
        say(f"{error} Until then the engines are tried at every start.")
    return trials


def server_record(say: Say) -> ServerRecord | None:
    """Of the server that the settings name; None where they name none."""
    named = named_server()
    if named is None:
        return None
    file = record_file().with_name("server.json")
    return ServerRecord(file, named, _state(), partial(_server_tried, say), say)


def _server_tried(say: Say, ways: Sequence[Way]) -> tuple[Trial, ...]:
    """The server's own answers are tried: a network here never stands in."""
    say("simulating a calibration clip; an inference server is tried once from each machine")
    return _tried(say, (REFERENCE, *(replace(way, alone=True) for way in ways)))[1:]


def _tried(say: Say, ways: Sequence[Way]) -> tuple[Trial, ...]:
    """The first is the reference."""
    by_title = {way.title: way for way in ways}
    simulated = calibration_clip()
    clip = (*simulated, *_own_clip(say))
    return tried(tuple(by_title), lambda title: attempt(by_title[title], clip), say, len(simulated))


def _own_clip(say: Say) -> tuple[Gray, ...]:
    try:
        return own_clip(own_clip_folder())
    except SenoscopeError as error:
        say(f"your own clip is left out. {error}")
        return ()


class Chosen(NamedTuple):
    """What reads, and what was found when it was tried."""

    way: Way
    trial: Trial


def chosen_way(wanted: str, say: Say) -> Chosen:
    """The fastest trusted way, or the one called `wanted` if that is not "auto".

    An inference server is taken where it is named so, or the settings prefer it: how fast it is
    at one moment says little of a server that others ask too. EngineUnavailable where `wanted`
    cannot be trusted, or nothing can.
    """
    server = server_record(partial(_say, say))
    at = None if server is None else server.named.server
    named = None if wanted == "auto" else way_from_text(wanted, at)
    trials = kept_trials() or new_trials(partial(_say, say))
    if named is None:
        chosen = usual_choice(server, trials, say)
    elif named.server is not None and server is not None:
        chosen = _server_chosen(server, [named], trials)
    else:
        chosen = _chosen_here(named, trials)
    say(_told(chosen))
    return chosen


def usual_choice(server: ServerRecord | None, trials: Sequence[Trial], say: Say) -> Chosen:
    """What "auto" takes of the engines here, of which `trials` are, and of the `server`'s."""
    if server is not None and server.named.prefer:
        try:
            return _server_chosen(server, ways_of(server.named.server), trials)
        except EngineUnavailable as error:
            say(f"The inference server is preferred and not used. {error}")
    trial = fastest(trials)
    return Chosen(next(way for way in WAYS if way.title == trial.way), trial)


def way_named(text: str) -> Way:
    """The way that a person calls `text`, of those here and of the server that is named."""
    server = named_server()
    return way_from_text(text, None if server is None else server.server)


def _chosen_here(named: Way, trials: Sequence[Trial]) -> Chosen:
    trial = next(trial for trial in trials if trial.way == named.title)
    if trial.refused is not None:
        raise EngineUnavailable(
            f"{trial.way}: {trial.in_words} Leave --engine out for the fastest trusted one; once "
            "the cause is mended, run `senoscope engines --again`."
        )
    return Chosen(named, trial)


def _server_chosen(server: ServerRecord, wanted: Sequence[Way], trials: Sequence[Trial]) -> Chosen:
    """What would stand in for the server must be trusted too."""
    here = {trial.way: trial for trial in trials}
    stood_in_for = [way for way in wanted if here[way.here.title].refused is None]
    if not stood_in_for:
        reasons = " ".join(
            f"{way.title} needs {way.here.title} to stand in for it, which is refused: "
            f"{here[way.here.title].in_words}"
            for way in wanted
        )
        raise EngineUnavailable(f"{reasons} Leave --engine out for the fastest trusted one.")
    return Chosen(*server.trusted(stood_in_for))


def _told(chosen: Chosen) -> str:
    way, trial = chosen
    if way.server is None:
        return f"{trial.way}: {trial.in_words}"
    here = way.here.title
    return f"{trial.way} at {way.server.address}: {trial.in_words}; {here} stands in for it"


def _say(say: Say, line: str) -> None:
    say(f"engines: {line}")


def _state() -> str:
    """Of all that a trial's outcome hangs on."""
    packages = [load_package(folder) for folder in (SEGMENTER, CLASSIFIER)]
    return fingerprint(
        [
            __version__,
            f"{platform.system()} {platform.machine()} {platform.processor()} {os.cpu_count()}",
            cv2.getCPUFeaturesLine(),
            os.environ.get("ONEDNN_MAX_CPU_ISA", ""),
            *(f"{name} {_version(name)}" for name in ENGINE_PACKAGES),
            _card(),
            *(f"{package.title} {sorted(package.settings.items())}" for package in packages),
            *(str(package.card.get("files")) for package in packages),
            *(way.title for way in WAYS),
            own_clip_state(own_clip_folder()),
        ]
    )


def _card() -> str:
    try:
        return str(gpu.first_card())
    except EngineUnavailable as error:
        return str(error)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"

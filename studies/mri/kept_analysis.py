"""What was made of a dynamic series, as one file that is kept beside the reading.

A zip of plain arrays (numpy's .npz, read without pickle) with the rest as JSON in an array of
bytes: masks and displacements are too many for the reading's own JSON.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.breast_mri import Mask
from senoscope.domain.errors import StorageError
from senoscope.domain.lexicon import WORDS, Term
from senoscope.domain.mammogram import Laterality
from senoscope.models.breast_mri_card import MriTarget
from senoscope.models.breast_mri_outline import NetworkOutline
from senoscope.models.programmed.breast_mri.analysis import (
    EnhancingLesion,
    Motion,
    MriAnalysis,
    MriSettings,
)
from senoscope.models.programmed.kinetics.curve_types import CurveType

VERSION = 1
MOST_BYTES = 512 * 2**20
"""Unpacked: a mask, a bias field and five displacement fields of a large study take 200 MB."""

Pictures = Mapping[int, NDArray[np.uint8]]
"""Of lesions, by number: the slice that shows them best, (rows, columns)."""


@dataclass(frozen=True, eq=False)
class KeptAnalysis:
    """`analysis` on the grid of `slices`: SOPInstanceUID and frame of each in order.

    `phases` is the table by which the series was read, as its JSON. `networks` are the outlines of
    users' own networks, which what was kept before there were any does not have.
    """

    analysis: MriAnalysis
    slices: tuple[tuple[str, int], ...] = ()
    phases: Mapping[str, Any] = field(default_factory=dict)
    pictures: Pictures = field(default_factory=dict)
    networks: tuple[NetworkOutline, ...] = ()


def analysis_bytes(
    analysis: MriAnalysis,
    slices: tuple[tuple[str, int], ...] = (),
    phases: Mapping[str, Any] | None = None,
    pictures: Pictures | None = None,
    networks: tuple[NetworkOutline, ...] = (),
) -> bytes:
    """Of what `KeptAnalysis` says, packed."""
    arrays: dict[str, NDArray[Any]] = {"tissue": analysis.tissue}
    if analysis.bias is not None:
        arrays["bias"] = analysis.bias
    if analysis.motion is not None:
        arrays["displacement"] = analysis.motion.displacement
    for each in analysis.lesions:
        arrays[f"lesion_{each.number}"] = each.mask
    for number, picture in (pictures or {}).items():
        arrays[f"picture_{number}"] = picture
    for place, outline in enumerate(networks):
        arrays[f"network_{place}"] = outline.mask
    said = {
        "version": VERSION,
        "settings": asdict(analysis.settings),
        "lesions": [_lesion_said(each) for each in analysis.lesions],
        "motion_step": None if analysis.motion is None else list(analysis.motion.step),
        "bias_step": list(analysis.bias_step),
        "dense_percent": dict(analysis.dense_percent),
        "background_percent": dict(analysis.background_percent),
        "nipples": {side: list(at) for side, at in analysis.nipples.items()},
        "cpu_s": dict(analysis.cpu_s),
        "troubles": list(analysis.troubles),
        "slices": [list(each) for each in slices],
        "phases": dict(phases or {}),
        "networks": [_without_mask(each) for each in networks],
    }
    packed = BytesIO()
    text = np.frombuffer(json.dumps(said).encode(), np.uint8)
    np.savez_compressed(packed, allow_pickle=False, said=text, **arrays)
    return packed.getvalue()


def kept_analysis_of(content: bytes) -> KeptAnalysis:
    """What `analysis_bytes` was given. StorageError where it is damaged, or of a later layout."""
    try:
        _require_small(content)
        with np.load(BytesIO(content), allow_pickle=False) as arrays:
            said = json.loads(arrays["said"].tobytes())
            if said["version"] != VERSION:
                raise _damaged(f"layout {said['version']!r:.20}")
            return _kept(said, arrays)
    except (ValueError, KeyError, TypeError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise _damaged(f"{type(error).__name__}") from error


def analysis_of(content: bytes) -> MriAnalysis:
    """The analysis alone; errors as of `kept_analysis_of`."""
    return kept_analysis_of(content).analysis


def _kept(said: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> KeptAnalysis:
    step = said["motion_step"]
    analysis = MriAnalysis(
        MriSettings(**said["settings"]),
        arrays["tissue"],
        tuple(_lesion(each, arrays) for each in said["lesions"]),
        None if step is None else Motion(_three(step), arrays["displacement"]),
        arrays.get("bias", None),
        _three(said["bias_step"]),
        said["dense_percent"],
        said["background_percent"],
        {side: _three(at) for side, at in said["nipples"].items()},
        said["cpu_s"],
        tuple(said["troubles"]),
    )
    numbers = (each.number for each in analysis.lesions)
    pictures = {each: arrays[f"picture_{each}"] for each in numbers if f"picture_{each}" in arrays}
    slices = tuple((str(uid), int(frame)) for uid, frame in said["slices"])
    networks = tuple(
        _outline(each, arrays[f"network_{place}"])
        for place, each in enumerate(said.get("networks", ()))
    )
    return KeptAnalysis(analysis, slices, said["phases"], pictures, networks)


def _without_mask(outlined: EnhancingLesion | NetworkOutline) -> dict[str, Any]:
    return {each: value for each, value in vars(outlined).items() if each != "mask"}


def _outline(said: Mapping[str, Any], mask: Mask) -> NetworkOutline:
    first, second, third = map(int, said["corner"])
    own = {"corner": (first, second, third), "target": MriTarget(said["target"]), "mask": mask}
    return NetworkOutline(**{**said, **own})


def _lesion_said(lesion: EnhancingLesion) -> dict[str, Any]:
    own = _without_mask(lesion)
    own["laterality"] = None if lesion.laterality is None else lesion.laterality.value
    words = {
        name: {"word": term.word and term.word.value, "agreement": term.agreement,
               "reason": term.reason}
        for name, term in lesion.words.items()
    }  # fmt: skip
    measures = dict(lesion.measures)
    return {**own, "worst": int(lesion.worst), "measures": measures, "words": words}


def _lesion(said: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> EnhancingLesion:
    side = said["laterality"]
    lists = ("corner", "extent_mm", "curve_percent", "shares")
    return EnhancingLesion(
        **{
            **said,
            **{each: tuple(said[each]) for each in lists},
            "mask": arrays[f"lesion_{said['number']}"],
            "laterality": None if side is None else Laterality(side),
            "worst": CurveType(said["worst"]),
            "words": {name: _term(name, each) for name, each in said["words"].items()},
        }
    )


def _term(name: str, said: Mapping[str, Any]) -> Term[Any]:
    word = said["word"]
    known = next((each for each in WORDS[name] if each.value == word), None)
    if known is None and word is not None:
        raise ValueError("a word that the lexicon does not have")
    return Term(known, said["agreement"], said["reason"])


def _three(given: Any) -> tuple[float, float, float]:
    first, second, third = map(float, given)
    return first, second, third


def _require_small(content: bytes) -> None:
    with zipfile.ZipFile(BytesIO(content)) as packed:
        size = sum(each.file_size for each in packed.infolist())
    if size > MOST_BYTES:
        raise _damaged(f"{size} bytes unpacked")


def _damaged(found: str) -> StorageError:
    return StorageError(
        f"What was kept of a breast MRI is damaged ({found}); expected layout {VERSION} of "
        "Senoscope. Take it from a backup, or read the study again."
    )

"""What the page is told of a breast MRI, JSON-ready: phases, tissue, lesions, and their change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from math import isfinite

import numpy as np

from senoscope.models.breast_mri_outline import NetworkOutline
from senoscope.models.programmed.breast_mri.analysis import EnhancingLesion, MriAnalysis
from senoscope.models.programmed.kinetics.phase_choice import after_injection, phase_choice
from senoscope.studies.mri.phase_changes import table_json
from senoscope.ui.frames.overlay import Header
from senoscope.ui.mri.cut_planes import CutSeries
from senoscope.ui.mri.loaded_exams import LoadedMri


def loaded_facts(loaded: LoadedMri, shows: bool) -> Header:
    """All of a series; what a program found in it only where it `shows`."""
    told: Header = {"state": "ready", "table": table_json(loaded.table)}
    if loaded.views is None or loaded.phases is None:
        return told | {"state": "refused", "why": _why(loaded)}
    cut = loaded.views.cut
    series, analysis = cut.series, cut.analysis
    choice = phase_choice(series)
    seconds = after_injection(series)
    told |= {
        "set": loaded.phases.number,
        "shape": list(cut.shape),
        "spacing_mm": [round(each, 4) for each in cut.spacing_mm],
        "seconds": None if seconds is None else [round(each, 1) for each in seconds],
        "phases": [each.number for each in loaded.phases.taking_part],
        "pre_contrast": series.pre_contrast,
        "early": choice.early,
        "late": choice.late,
        "motion": analysis is not None and analysis.motion is not None,
        "shading": analysis is not None and analysis.bias is not None,
        "analysis": None,
    }
    if analysis is not None and shows:
        networks = [network_facts(each) for each in loaded.views.networks]
        told["analysis"] = {**analysis_facts(analysis, cut), "networks": networks}
    return told


def _why(loaded: LoadedMri) -> list[str]:
    reasons = [each.trouble for each in loaded.table.sets if each.trouble]
    reasons += [each.why for each in loaded.table.others]
    return list(dict.fromkeys(reasons))


def analysis_facts(analysis: MriAnalysis, cut: CutSeries) -> Header:
    """Of one series."""
    return {
        "settings": asdict(analysis.settings),
        "dense_percent": _rounded(analysis.dense_percent),
        "background_percent": _rounded(analysis.background_percent),
        "troubles": list(analysis.troubles),
        "lesions": [
            {**lesion_facts(each), "voxel": _middle(each, cut)} for each in analysis.lesions
        ],
    }


def lesion_facts(lesion: EnhancingLesion) -> Header:
    """Sizes along [x, y, z] of the patient."""
    words = {name: term.word.value for name, term in lesion.words.items() if term.word is not None}
    return {
        "number": lesion.number,
        "side": "" if lesion.laterality is None else lesion.laterality.value,
        "extent_mm": [round(each, 1) for each in lesion.extent_mm],
        "longest_mm": round(lesion.longest_mm, 1),
        "volume_ml": round(lesion.volume_mm3 / 1000, 3),
        "functional_ml": round(lesion.functional_mm3 / 1000, 3),
        "shares": [round(each, 3) for each in lesion.shares],
        "worst": int(lesion.worst),
        "nipple_mm": _known(lesion.nipple_mm),
        "skin_mm": _known(lesion.skin_mm),
        "score": round(lesion.score, 2),
        "curve_percent": [round(each, 2) for each in lesion.curve_percent],
        "measures": _rounded(lesion.measures, 4),
        "words": words,
    }


def network_facts(outline: NetworkOutline) -> Header:
    """What a user's own network outlines, and how far the programmed outlines agree."""
    agreement = outline.agreement
    return {
        "title": outline.title,
        "target": outline.target.value,
        "volume_ml": round(outline.volume_mm3 / 1000, 3),
        "agreement": None if agreement is None else round(agreement, 2),
    }


def _middle(lesion: EnhancingLesion, cut: CutSeries) -> list[int]:
    """[z, y, x] of the voxel of the lesion that is nearest to its middle."""
    places = np.argwhere(lesion.mask)
    nearest = places[np.argmin(((places - places.mean(axis=0)) ** 2).sum(axis=1))]
    z, y, x = (float(a + b) for a, b in zip(nearest, lesion.corner, strict=True))
    return [int(each) for each in cut.voxel((z, y, x))]


def _known(mm: float | None) -> float | None:
    return None if mm is None or not isfinite(mm) else round(mm, 1)


def _rounded(numbers: Mapping[str, float], digits: int = 1) -> dict[str, float]:
    return {name: round(value, digits) for name, value in numbers.items() if isfinite(value)}

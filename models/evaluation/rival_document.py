"""What a document shows of the rivals: each part by the name of its place in the document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from senoscope.models.evaluation.cpu_time import TIMED
from senoscope.models.evaluation.group_table import FEWEST, KeptGroups, group_markdown
from senoscope.models.evaluation.kept_figures import SET_TITLES
from senoscope.models.evaluation.outline_table import KeptOutliner, outline_markdown
from senoscope.models.evaluation.published import published_markdown
from senoscope.models.evaluation.rival_table import (
    KeptRival,
    across_markdown,
    in_order,
    patient_markdown,
    rival_markdown,
    short_markdown,
)

WITH_PATIENTS = "bus-bra 3"
"""The part whose patients are known; BUSI names none."""
SHORT = "compare short"
RIVAL_PLACES = ("compare ultrasound", "compare patients", "compare across", "compare groups")
OUTLINE_PLACES = ("compare segmentation",)
"""Marked places in docs/compare.md; SHORT is the one in README.md."""


class KeptKinds(TypedDict):
    """Figures by kinds of images as kept: who read them, and the figures by part."""

    outlines: str
    network: str
    senoscope: str
    sets: dict[str, KeptGroups]


def rival_parts(rivals: Sequence[KeptRival], kinds: KeptKinds, outlines: str) -> dict[str, str]:
    """Markdown by place, SHORT the one for a README. `outlines` is what the last run read with."""
    below = [*_counted(rivals), COSTS, *_notes(rivals)]
    by_kind = (
        f"Outlines of {kinds['outlines']}, scores of {kinds['network']}. No AUC with fewer than "
        f"{FEWEST} of a class.\n\n{group_markdown(kinds['sets'])}"
    )
    main = f"{rival_markdown(rivals, outlines)}\n{_bullets(below)}\n{published_markdown()}"
    parts = (
        main,
        patient_markdown(rivals, WITH_PATIENTS, outlines),
        across_markdown(rivals, outlines),
        by_kind,
    )
    return {**dict(zip(RIVAL_PLACES, parts, strict=True)), SHORT: short_markdown(rivals, outlines)}


def outline_parts(outliners: Sequence[KeptOutliner]) -> dict[str, str]:
    """Markdown by place."""
    below = (
        "CPU-ms: processor time of all threads of the process (one is asked for), from a picture "
        f"to its outlines, median over the first {TIMED} images, after a warm-up."
    )
    (place,) = OUTLINE_PLACES
    return {place: f"{outline_markdown(outliners)}\n{_bullets([below])}"}


COSTS = (
    "CPU-ms: processor time of all threads of the process (one is asked for), from a picture and "
    f"its outline to the score, median over the first {TIMED} lesions that were found, after a "
    "warm-up. Outlining comes on top."
)


def _counted(rivals: Sequence[KeptRival]) -> list[str]:
    """What each part holds, as the first rival in order has it."""
    return [
        f"{SET_TITLES.get(part, part)}: {each['auc']['n']} images with a lesion, "
        f"{each['malignant']} malignant, {each['missed']} missed by the outlines."
        for rival in in_order(rivals)[:1]
        for part, each in rival["sets"].items()
    ]


def _notes(rivals: Sequence[KeptRival]) -> list[str]:
    return [note for rival in in_order(rivals) for note in rival["notes"]]


def _bullets(lines: Sequence[str]) -> str:
    return "".join(f"- {line}\n" for line in lines)

"""Rivals' kept figures as tables in Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from senoscope.models.evaluation.kept_figures import (
    SET_TITLES,
    KeptDifference,
    KeptEstimate,
    difference_cell,
    estimate_cell,
    number_cell,
    table,
)

ORDER = (
    "size-alone", "bi-rads", "alexnet", "vgg19", "resnet18", "googlenet", "cadx", "cadx-oracle",
    "radiomics", "fusion",
)  # fmt: skip
"""Of a table's rows, by `key`; networks that are not named come before CADx."""


class KeptPatients(TypedDict):
    """`PatientFigures` as JSON."""

    malignant: int
    auc: KeptEstimate
    over_baseline: KeptDifference | None


class KeptFigures(TypedDict):
    """`RivalFigures` as JSON."""

    malignant: int
    missed: int
    auc: KeptEstimate
    sensitivity: KeptEstimate
    specificity: KeptEstimate
    specificity_at_95: KeptEstimate
    over_baseline: KeptDifference | None
    by_patient: KeptPatients


class KeptRival(TypedDict):
    """One rival's figures as kept; `key` orders it and names its file.

    `learnt_from` names data sets, none where nothing was learnt from them; `outlines` the
    segmenter it was read with, "" where it needs none. `notes` are sentences for below the table.
    """

    key: str
    rival: str
    learnt_from: list[str]
    outlines: str
    senoscope: str
    parameters: int | None
    cpu_ms: float | None
    notes: list[str]
    sets: dict[str, KeptFigures]


def in_order(rivals: Sequence[KeptRival]) -> list[KeptRival]:
    """As ORDER has it; of one family, what learnt from more sets comes first."""
    return sorted(
        rivals,
        key=lambda rival: (_place(rival["key"]), -len(rival["learnt_from"]), rival["key"]),
    )


def rival_markdown(rivals: Sequence[KeptRival], outlines: str) -> str:
    """Rivals that learnt from all sets or from none; two lines each, one a data set.

    Those read with other `outlines` say with which.
    """
    head = (
        "", "on", "AUC", "sensitivity", "specificity", "specificity at 95 %",
        "AUC over size alone", "parameters", "CPU-ms",
    )  # fmt: skip
    rows = []
    for rival in _of_all_sets(rivals):
        name = titled(rival["rival"], rival["outlines"], outlines)
        costs = [number_cell(rival["parameters"]), number_cell(rival["cpu_ms"], ".2f")]
        for part, each in rival["sets"].items():
            kept = (
                each["auc"], each["sensitivity"], each["specificity"], each["specificity_at_95"]
            )  # fmt: skip
            figures = [estimate_cell(one) for one in kept]
            over = difference_cell(each["over_baseline"])
            rows.append([name, SET_TITLES.get(part, part), *figures, over, *costs])
            name, costs = "", ["", ""]
    return table(head, rows)


def short_markdown(rivals: Sequence[KeptRival], outlines: str) -> str:
    """AUC on each data set, and over size alone."""
    chosen = _of_all_sets(rivals)
    parts = list(dict.fromkeys(part for rival in chosen for part in rival["sets"]))
    titles = [SET_TITLES.get(part, part) for part in parts]
    head = ["AUC", *(cell for title in titles for cell in (title, "over size alone"))]
    rows = []
    for rival in chosen:
        row = [titled(rival["rival"], rival["outlines"], outlines)]
        for part in parts:
            each = rival["sets"].get(part)
            row.append(estimate_cell(each["auc"]) if each else "-")
            row.append(difference_cell(each["over_baseline"]) if each else "-")
        rows.append(row)
    return table(head, rows)


def patient_markdown(rivals: Sequence[KeptRival], part: str, outlines: str) -> str:
    """One row a rival on data set `part`, whose patients are known."""
    rows = [
        [
            titled(rival["rival"], rival["outlines"], outlines),
            f"{each['auc']['n']} ({each['malignant']})",
            estimate_cell(each["auc"]),
            difference_cell(each["over_baseline"]),
        ]
        for rival in _of_all_sets(rivals)
        if part in rival["sets"]
        for each in [rival["sets"][part]["by_patient"]]
    ]
    return table(("", "patients (malignant)", "AUC", "over size alone, DeLong"), rows)


def across_markdown(rivals: Sequence[KeptRival], outlines: str) -> str:
    """Families of which one member learnt from a single data set, on each data set."""
    single = {_place(rival["key"]) for rival in rivals if len(rival["learnt_from"]) == 1}
    chosen = [each for each in in_order(rivals) if _place(each["key"]) in single]
    parts = list(dict.fromkeys(part for rival in chosen for part in rival["sets"]))
    head = ["", "learnt from", *(f"AUC on {SET_TITLES.get(part, part)}" for part in parts)]
    rows = []
    for rival in chosen:
        figures = [rival["sets"].get(part) for part in parts]
        cells = [estimate_cell(each["auc"]) if each else "-" for each in figures]
        name = titled(rival["rival"], rival["outlines"], outlines)
        rows.append([name, " and ".join(rival["learnt_from"]), *cells])
    return table(head, rows)


def titled(name: str, read_with: str, outlines: str) -> str:
    """`name`, and what outlined its lesions where that is not `outlines`."""
    return name if read_with in ("", outlines) else f"{name}, outlined by {read_with}"


def _of_all_sets(rivals: Sequence[KeptRival]) -> list[KeptRival]:
    return [rival for rival in in_order(rivals) if len(rival["learnt_from"]) != 1]


def _place(key: str) -> float:
    family = [name for name in ORDER if key == name or key.startswith(f"{name}-")]
    return ORDER.index(max(family, key=len)) if family else ORDER.index("cadx") - 0.5

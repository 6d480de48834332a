"""Outliners' kept figures as a table in Markdown."""

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


class KeptOutlineSet(TypedDict):
    """Of one data set: `outline_figures` by key, and what its Dice gains over `over`."""

    figures: dict[str, KeptEstimate]
    dice_over: KeptDifference | None


class KeptOutliner(TypedDict):
    """One outliner's figures as kept; `key` names its file, `over` the outliner it is set against.

    `over` is "" for what was itself set against by the others of its run.
    """

    key: str
    outliner: str
    over: str
    senoscope: str
    parameters: int | None
    cpu_ms: float | None
    sets: dict[str, KeptOutlineSet]


COLUMNS = {
    "dice": "Dice",
    "iou": "IoU",
    "hausdorff_95_px": "95 % Hausdorff, px",
    "boundary_f1": "boundary F1",
    "lesion_sensitivity": "lesions found",
    "false_alarms_per_normal": "outlines per normal",
    "normals_with_alarm": "normals with one",
    "strips_with_alarm": "side strips with one",
}
"""By key of `outline_figures`."""


def outline_markdown(outliners: Sequence[KeptOutliner]) -> str:
    """Two lines an outliner, one a data set: first what is set against, last what is no network."""
    head = ("", "on", *COLUMNS.values(), "Dice over", "parameters", "CPU-ms")
    rows = []

    def place(each: KeptOutliner) -> tuple[bool, bool, str]:
        return each["parameters"] is None, each["over"] != "", each["key"]

    for each in sorted(outliners, key=place):
        name = each["outliner"]
        costs = [number_cell(each["parameters"]), number_cell(each["cpu_ms"], ".2f")]
        for part, found in each["sets"].items():
            digits = {"hausdorff_95_px": 1}
            figures = [estimate_cell(found["figures"][key], digits.get(key, 3)) for key in COLUMNS]
            over = difference_cell(found["dice_over"])
            over += f" {each['over']}" if each["over"] else ""
            rows.append([name, SET_TITLES.get(part, part), *figures, over, *costs])
            name, costs = "", ["", ""]
    return table(head, rows)

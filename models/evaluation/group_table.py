"""How a reader does on kinds of images: by scanner, BI-RADS, size and marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np

from senoscope.models.evaluation.comparison import Difference, obuchowski, paired_bootstrap
from senoscope.models.evaluation.kept_figures import (
    SET_TITLES,
    KeptDifference,
    KeptEstimate,
    as_json,
    difference_cell,
    estimate_cell,
    table,
)
from senoscope.models.evaluation.metrics import Bools, Estimate, Floats, auc, bootstrap
from senoscope.models.evaluation.rival_figures import ranked_scores

FEWEST = 10
"""Of either class, for an AUC: below, the interval would hold nearly everything."""


@dataclass(frozen=True, slots=True)
class ReadLesion:
    """The first lesion of one image as a segmenter and a classifier read it.

    `dice` is that of all outlines of the image, `logit` is nan where the lesion was missed.
    """

    name: str
    group: str
    malignant: bool
    dice: float
    found: bool
    logit: float


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """Of one kind of images; `auc` is None with fewer than FEWEST of a class."""

    n: int
    malignant: int
    dice: Estimate
    found: Estimate
    auc: Estimate | None


@dataclass(frozen=True, slots=True)
class PaintedOut:
    """Images with their calipers painted out; `dice` and `auc` are gains over the same as stored.

    `auc` is None with fewer than FEWEST of a class.
    """

    painted: GroupFigures
    dice: Difference
    auc: Difference | None


class KeptGroup(TypedDict):
    """`GroupFigures` as JSON."""

    n: int
    malignant: int
    dice: KeptEstimate
    found: KeptEstimate
    auc: KeptEstimate | None


class KeptPainting(TypedDict):
    """`PaintedOut` as JSON."""

    painted: KeptGroup
    dice: KeptDifference
    auc: KeptDifference | None


class KeptGroups(TypedDict):
    """Of one data set: figures by what divides it and by kind, and those of painting."""

    divided: dict[str, dict[str, KeptGroup]]
    painted: KeptPainting | None


def group_figures(
    lesions: Sequence[ReadLesion], kinds: Mapping[str, str]
) -> dict[str, GroupFigures]:
    """By kind, in alphabetical order; `kinds` are by image, of some or all of them.

    A missed lesion scores below all others of the data set.
    """
    logits = ranked_scores(np.array([lesion.logit for lesion in lesions], dtype=np.float64))
    of = [kinds.get(lesion.name, "") for lesion in lesions]
    figures = {}
    for kind in sorted(set(of) - {""}):
        rows = [row for row, each in enumerate(of) if each == kind]
        figures[kind] = _figures([lesions[row] for row in rows], logits[rows])
    return figures


def painted_out(stored: Sequence[ReadLesion], painted: Sequence[ReadLesion]) -> PaintedOut:
    """Of the same images in the same order; the differences are paired."""
    gaps = np.array([b.dice - a.dice for a, b in zip(stored, painted, strict=True)])
    groups = [each.group for each in stored]
    labels = np.array([each.malignant for each in stored], dtype=bool)
    one, other = (
        ranked_scores(np.array([each.logit for each in of], dtype=np.float64))
        for of in (painted, stored)
    )
    return PaintedOut(
        painted=group_figures(painted, {each.name: "all" for each in painted})["all"],
        dice=paired_bootstrap(lambda rows: float(gaps[rows].mean()), groups),
        auc=obuchowski(labels, one, other, groups) if _enough(labels) else None,
    )


def kept_groups(
    lesions: Sequence[ReadLesion],
    dividers: Mapping[str, Mapping[str, str]],
    painted: Sequence[ReadLesion],
) -> KeptGroups:
    """As JSON: `lesions` by the kinds of each of `dividers`, and against `painted` ones.

    `painted` are some of the images of `lesions`, read without their calipers.
    """
    divided = {name: group_figures(lesions, kinds) for name, kinds in dividers.items()}
    stored = {lesion.name: lesion for lesion in lesions}
    pairs = painted_out([stored[each.name] for each in painted], painted) if painted else None
    return KeptGroups(
        divided=as_json({name: kinds for name, kinds in divided.items() if kinds}),
        painted=as_json(pairs),
    )


def size_thirds(shares: Mapping[str, float]) -> dict[str, str]:
    """By image, which third its lesion belongs to by its share of the picture, with bounds."""
    low, high = np.quantile(list(shares.values()), [1 / 3, 2 / 3])
    bounds = (f"up to {100 * low:.1f}", f"up to {100 * high:.1f}", f"above {100 * high:.1f}")
    titles = tuple(f"{number}. {bound} %" for number, bound in enumerate(bounds, start=1))
    return {name: titles[int(share > low) + int(share > high)] for name, share in shares.items()}


def group_markdown(sets: Mapping[str, KeptGroups]) -> str:
    """One row a kind of each data set."""
    head = ("", "", "images (malignant)", "Dice", "lesion found", "AUC")
    rows = []
    for part, groups in sets.items():
        title = SET_TITLES.get(part, part)
        for divider, kinds in groups["divided"].items():
            rows += [[title, f"{divider}: {kind}", *_cells(each)] for kind, each in kinds.items()]
        painting = groups["painted"]
        if painting is not None:
            rows.append([title, "calipers: yes, painted out", *_cells(painting["painted"])])
            gains = [difference_cell(painting["dice"]), "", difference_cell(painting["auc"])]
            rows.append([title, "minus as stored, paired", "", *gains])
    return table(head, rows)


def _cells(group: KeptGroup) -> list[str]:
    return [
        f"{group['n']} ({group['malignant']})",
        estimate_cell(group["dice"]),
        estimate_cell(group["found"]),
        "-" if group["auc"] is None else estimate_cell(group["auc"]),
    ]


def _enough(labels: Bools) -> bool:
    return min(int(labels.sum()), int((~labels).sum())) >= FEWEST


def _figures(lesions: Sequence[ReadLesion], logits: Floats) -> GroupFigures:
    labels: Bools = np.array([lesion.malignant for lesion in lesions], dtype=bool)
    groups = [lesion.group for lesion in lesions]

    def mean(values: Sequence[float]) -> Estimate:
        column = np.array(values, dtype=np.float64)
        return bootstrap(lambda rows: float(column[rows].mean()), groups)

    return GroupFigures(
        n=len(lesions),
        malignant=int(labels.sum()),
        dice=mean([lesion.dice for lesion in lesions]),
        found=mean([lesion.found for lesion in lesions]),
        auc=bootstrap(lambda rows: auc(labels[rows], logits[rows]), groups)
        if _enough(labels)
        else None,
    )

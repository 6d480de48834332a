"""What others published, on data of their own: a scale to read a table by, never a row of it."""

from __future__ import annotations

from dataclasses import dataclass

from senoscope.models.evaluation.kept_figures import table

Range = tuple[float, float]
"""The lowest and the highest of several readers, or one figure twice."""


@dataclass(frozen=True, slots=True)
class Published:
    """As printed in the source. None where it does not say.

    `tested` is what the figures rest on; `readers` are the radiologists' own on the same cases.
    """

    source: str
    reference: str
    network: str
    tested: str
    auc: float | None = None
    sensitivity: float | None = None
    specificity: float | None = None
    accuracy: float | None = None
    readers_auc: Range | None = None
    readers_sensitivity: Range | None = None
    readers_specificity: Range | None = None
    note: str = ""


PUBLISHED = (
    Published(
        source="Han 2017",
        reference="Phys Med Biol 62:7714, PubMed 28753132",
        network="GoogLeNet",
        tested="829 images",
        sensitivity=0.86,
        specificity=0.96,
        accuracy=0.90,
    ),
    Published(
        source="Fujioka 2019",
        reference="10.1007/s11604-019-00831-5",
        network="GoogLeNet",
        tested="120 masses, 72 malignant",
        auc=0.913,
        sensitivity=0.958,
        specificity=0.925,
        accuracy=0.925,
        readers_auc=(0.728, 0.845),
        readers_sensitivity=(0.583, 0.917),
        readers_specificity=(0.604, 0.771),
        note="the specificity is as printed; with a sensitivity of 0.958 and an accuracy of 0.925 "
        "the 48 benign cases allow 0.875",
    ),
    Published(
        source="Byra 2019",
        reference="10.1002/mp.13361",
        network="VGG-19, pre-trained",
        tested="150 cases; 882 images in all",
        auc=0.936,
        readers_auc=(0.806, 0.882),
    ),
)


def published_markdown() -> str:
    """One row a source, the readers' own figures below the network's."""
    head = ("source", "", "tested on", "AUC", "sensitivity", "specificity", "accuracy", "")
    rows = []
    for each in PUBLISHED:
        figures = (each.auc, each.sensitivity, each.specificity, each.accuracy)
        cells = ["-" if figure is None else f"{figure:.3f}" for figure in figures]
        source = f"{each.source}, {each.reference}"
        rows.append([source, each.network, each.tested, *cells, each.note])
        readers = (each.readers_auc, each.readers_sensitivity, each.readers_specificity)
        if any(readers):
            rows.append(["", "its readers", "the same", *map(_range, readers), "-", ""])
    return "Published figures are of other data and not comparable row by row:\n\n" + table(
        head, rows
    )


def _range(figures: Range | None) -> str:
    return "-" if figures is None else f"{figures[0]:.3f} to {figures[1]:.3f}"

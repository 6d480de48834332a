"""Tables of rivals, made from figures as they are kept."""

from __future__ import annotations

import json
from functools import cache

import numpy as np

from senoscope.models.evaluation.kept_figures import as_json, json_text
from senoscope.models.evaluation.rival_figures import RivalFigures, rival_figures
from senoscope.models.evaluation.rival_table import (
    KeptRival,
    across_markdown,
    in_order,
    patient_markdown,
    rival_markdown,
    short_markdown,
)

LABELS = np.array([True, True, True, False, False, False])
GROUPS = ["a", "a", "b", "c", "d", "e"]
PERFECT = np.array([3.0, 2.5, 2.0, 1.0, 0.5, 0.0])
SETS = ("bus-bra 3", "busi val")
BOTH = ("BUS-BRA", "BUSI")


@cache
def figures(threshold: float | None) -> RivalFigures:
    thresholds = {} if threshold is None else {"one": threshold}
    scores = {"size": -PERFECT, "one": PERFECT}
    return rival_figures(LABELS, scores, GROUPS, thresholds, "size")["one"]


def kept(
    key: str,
    learnt_from: tuple[str, ...] = BOTH,
    outlines: str = "unet 2",
    threshold: float | None = 1.5,
) -> KeptRival:
    return KeptRival(
        key=key, rival=key.upper(), learnt_from=list(learnt_from), outlines=outlines,
        senoscope="0", parameters=5594657, cpu_ms=6.254, notes=[],
        sets={part: as_json(figures(threshold)) for part in SETS},
    )  # fmt: skip


def names(markdown: str) -> list[str]:
    return [line.split(" | ")[0].removeprefix("|").strip() for line in markdown.splitlines()[2:]]


def test_a_row_has_every_figure_and_says_its_costs_once() -> None:
    first, second = rival_markdown([kept("googlenet")], "unet 2").splitlines()[2:]
    one = "1.000 [1.000, 1.000]"
    over = "+1.000"  # without an interval, as no pair is out of order
    assert first == (
        f"| GOOGLENET | BUS-BRA fold 3 | {one} | {one} | {one} | {one} | {over} "
        "| 5,594,657 | 6.25 |"
    )
    assert second == f"|  | BUSI val | {one} | {one} | {one} | {one} | {over} |  |  |"


def test_rows_come_in_the_same_order_whatever_they_were_kept_in() -> None:
    keys = ["fusion", "radiomics", "mobilenet", "cadx-oracle", "googlenet", "bi-rads", "cadx",
            "size-alone", "alexnet"]  # fmt: skip
    assert [rival["key"] for rival in in_order([kept(key) for key in keys])] == [
        "size-alone", "bi-rads", "alexnet", "googlenet", "mobilenet", "cadx", "cadx-oracle",
        "radiomics", "fusion",
    ]  # fmt: skip


def test_a_rival_of_another_run_says_what_outlined_its_lesions() -> None:
    rivals = [kept("alexnet", outlines="unet 1"), kept("googlenet"), kept("bi-rads", (), "")]
    for table in (rival_markdown(rivals, "unet 2"), short_markdown(rivals, "unet 2")):
        assert [name for name in names(table) if name] == [
            "BI-RADS", "ALEXNET, outlined by unet 1", "GOOGLENET"
        ]  # fmt: skip


def test_what_learnt_from_one_set_is_in_the_table_across_sets_alone() -> None:
    rivals = [
        kept("cadx"), kept("cadx-busi", ("BUSI",)), kept("cadx-bus-bra", ("BUS-BRA",)),
        kept("radiomics"), kept("googlenet"), kept("googlenet-busi", ("BUSI",)),
    ]  # fmt: skip
    assert [name for name in names(rival_markdown(rivals, "unet 2")) if name] == [
        "GOOGLENET", "CADX", "RADIOMICS"
    ]  # fmt: skip
    across = across_markdown(rivals, "unet 2")
    assert names(across) == [
        "GOOGLENET", "GOOGLENET-BUSI", "CADX", "CADX-BUS-BRA", "CADX-BUSI"
    ]  # fmt: skip
    assert [line.split(" | ")[1] for line in across.splitlines()[2:]] == [
        "BUS-BRA and BUSI", "BUSI", "BUS-BRA and BUSI", "BUS-BRA", "BUSI"
    ]  # fmt: skip


def test_a_set_that_a_rival_was_not_judged_on_is_a_dash() -> None:
    half = kept("googlenet")
    del half["sets"]["busi val"]
    row = short_markdown([kept("cadx"), half], "unet 2").splitlines()[2]
    assert row.startswith("| GOOGLENET | 1.000 [1.000, 1.000] | +1.000")
    assert row.endswith("| - | - |")


def test_patients_are_counted_with_how_many_are_malignant() -> None:
    row = patient_markdown([kept("googlenet")], "bus-bra 3", "unet 2").splitlines()[2]
    assert row.startswith("| GOOGLENET | 5 (2) | 1.000 [1.000, 1.000] | +1.000")


def test_what_could_not_be_computed_is_null_when_kept_and_a_dash_when_shown() -> None:
    rival = kept("bi-rads", threshold=None)
    assert json.loads(json_text(rival))["sets"]["busi val"]["sensitivity"] == {
        "value": None, "ci": [None, None], "n": 0
    }  # fmt: skip
    row = rival_markdown([rival], "unet 2").splitlines()[2]
    assert row.startswith("| BI-RADS | BUS-BRA fold 3 | 1.000 [1.000, 1.000] | - | - | 1.000")

"""What CADe said of one known tomosynthesis view and of its mammogram, as a line of a file.

A view takes long to simulate, so each is written as soon as it is read, and an evaluation that was
stopped goes on where it was.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from senoscope.domain.errors import DataSetError
from senoscope.domain.mammogram import Mammogram
from senoscope.models.evaluation.mammography.brightest import brightest_places
from senoscope.models.evaluation.mammography.froc import Growth, Guess
from senoscope.models.evaluation.tomosynthesis.known_view import DeepGrowth, KnownView
from senoscope.models.programmed.mammography.cade import find_marks
from senoscope.models.programmed.mammography.marks import MarkKind
from senoscope.models.programmed.mammography.parts import find_parts
from senoscope.models.programmed.mammography.second_stage import SecondStage
from senoscope.models.programmed.tomosynthesis.cade import scored, volume_candidates
from senoscope.models.programmed.tomosynthesis.pooling import Pooling, pooled
from senoscope.models.programmed.tomosynthesis.second_stage import VolumeStage
from senoscope.models.programmed.tomosynthesis.sought import seek


@dataclass(frozen=True, eq=False)
class CadeRow:
    """Of one view. `guesses` of the volume each with its height in mm, where that is known.

    `baseline` are the brightest places of the mean of its slices; `flat_guesses` the marks of the
    mammogram, whose growths are `flat_growths`. `scores` of the view by `Pooling`'s names, and
    "mammogram", its highest mark. `cpu_s` is of reading the volume.
    """

    anatomy: str
    seed: int
    view: str
    density: str
    growths: tuple[DeepGrowth, ...]
    guesses: tuple[tuple[Guess, float | None], ...]
    baseline: tuple[Guess, ...]
    flat_growths: tuple[Growth, ...]
    flat_guesses: tuple[Guess, ...]
    scores: dict[str, float]
    slices: int
    cpu_s: float


def row_of(known: KnownView, stage: VolumeStage, flat: SecondStage) -> CadeRow:
    """Both read, the volume alone and the mammogram alone."""
    started = time.process_time()
    seen = seek(known.volume)
    candidates = volume_candidates(seen.sought, stage.slices)
    (found,) = scored([candidates], stage.volumes)
    cpu_s = time.process_time() - started
    steps = _steps(seen.mean)
    parts = find_parts(known.mammogram)
    (marks,) = find_marks([known.mammogram], [parts], flat)
    scores = {str(way): pooled(found.marks, way, stage.pooled) for way in Pooling}
    scores["mammogram"] = max((each.score for each in marks.marks), default=0.0)
    return CadeRow(
        known.anatomy,
        known.seed,
        known.volume.view or "",
        known.density,
        known.growths,
        tuple(
            (
                Guess(each.kind, _at_mm(each.centre, steps), each.score),
                each.height_mm,
            )
            for each in found.marks
        ),
        tuple(brightest_places(seen.mean, seen.parts)),
        known.flat_growths,
        tuple(
            Guess(each.kind, _at_mm(each.centre, _steps(known.mammogram)), each.score)
            for each in marks.marks
        ),
        scores,
        len(known.volume.slices),
        cpu_s,
    )


def read_rows(
    which: Sequence[tuple[int, str]],
    known: Callable[[int, str], KnownView],
    read: Callable[[KnownView], CadeRow],
    kept: Path,
    say: Callable[[str], None],
) -> list[CadeRow]:
    """Of each seed and view; what `kept` has is taken from there, the rest written to it."""
    rows = {(each.seed, each.view): each for each in kept_rows(kept)}
    for one in which:
        if one in rows:
            continue
        rows[one] = read(known(*one))
        with kept.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(rows[one])) + "\n")
        say(f"{rows[one].anatomy}, {one[1]}: {rows[one].cpu_s:.1f} CPU-seconds")
    return [rows[one] for one in which]


def kept_rows(path: Path) -> Iterable[CadeRow]:
    """What `read_rows` wrote. DataSetError where a line is none of its; a last half one is not."""
    if not path.exists():
        return []
    text = path.read_text(encoding="utf-8")
    whole, _, half = text.rpartition("\n")
    if half:  # stopped while it was written: it is read anew
        path.write_text(whole + "\n" if whole else "", encoding="utf-8")
    try:
        return [_row(json.loads(line)) for line in whole.splitlines()]
    except (ValueError, KeyError, TypeError) as error:
        raise DataSetError(
            f"{path} holds a line that is no read view ({error}); expected those of one "
            "evaluation. Delete it, and all views are read again."
        ) from error


def _row(line: dict[str, Any]) -> CadeRow:
    def growth(each: dict[str, Any]) -> Growth:
        x, y = each["at_mm"]
        return Growth(MarkKind(each["kind"]), each["name"], (x, y), each["radius_mm"])

    def guess(each: dict[str, Any]) -> Guess:
        x, y = each["at_mm"]
        return Guess(MarkKind(each["kind"]), (x, y), each["score"])

    read = {
        "growths": tuple(
            DeepGrowth(growth(each["flat"]), each["height_mm"]) for each in line["growths"]
        ),
        "guesses": tuple((guess(each), height) for each, height in line["guesses"]),
        "baseline": tuple(map(guess, line["baseline"])),
        "flat_growths": tuple(map(growth, line["flat_growths"])),
        "flat_guesses": tuple(map(guess, line["flat_guesses"])),
    }
    return CadeRow(**{**line, **read})


def _at_mm(centre: tuple[float, float], steps: tuple[float, float]) -> tuple[float, float]:
    return float(np.float64(centre[0] * steps[0])), float(np.float64(centre[1] * steps[1]))


def _steps(picture: Mammogram) -> tuple[float, float]:
    """[x, y] in mm; of what was read, so that it is known."""
    assert picture.spacing is not None
    return picture.spacing.column_mm, picture.spacing.row_mm

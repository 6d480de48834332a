"""Outliners judged on the same images, and one that does not look."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from senoscope import __version__
from senoscope.models.evaluation.cpu_time import TIMED, cpu_ms
from senoscope.models.evaluation.kept_figures import as_json
from senoscope.models.evaluation.outline_table import KeptOutliner, KeptOutlineSet
from senoscope.models.evaluation.outlines import (
    OutlineOutcome,
    Outliner,
    centre_ellipse,
    dice_over,
    outline_figures,
    outline_outcomes,
)
from senoscope.models.evaluation.ultrasound_sets import UltrasoundImage

Images = Sequence[UltrasoundImage]


@dataclass(frozen=True, slots=True)
class NamedOutliner:
    """`key` names the file it is kept in; `parameters` is None for what is no network."""

    key: str
    title: str
    outline: Outliner
    parameters: int | None


ONE_ELLIPSE = NamedOutliner("one-ellipse", "one ellipse everywhere", centre_ellipse, None)


def compare_outliners(
    parts: Mapping[str, Images], outliners: Sequence[NamedOutliner], say: Callable[[str], None]
) -> list[KeptOutliner]:
    """Kept figures on every part; the Dice of each is also set against that of the first."""
    kept = []
    against: dict[str, list[OutlineOutcome]] = {}
    first = outliners[0]
    for each in outliners:
        sets = {}
        for part, images in parts.items():
            say(f"outlining {part}: {each.title}")
            outcomes = list(outline_outcomes(each.outline, images))
            over = dice_over(outcomes, against[part]) if each is not first else None
            against.setdefault(part, outcomes)
            sets[part] = KeptOutlineSet(
                figures=as_json(outline_figures(outcomes)), dice_over=as_json(over)
            )
        kept.append(_kept(each, first, parts, sets))
    return kept


def _kept(
    each: NamedOutliner,
    first: NamedOutliner,
    parts: Mapping[str, Images],
    sets: dict[str, KeptOutlineSet],
) -> KeptOutliner:
    timed = [image.pixels() for images in parts.values() for image in images[:TIMED]][:TIMED]
    return KeptOutliner(
        key=each.key,
        outliner=each.title,
        over="" if each is first else first.title,
        senoscope=__version__,
        parameters=each.parameters,
        cpu_ms=as_json(cpu_ms(each.outline, timed)),
        sets=sets,
    )

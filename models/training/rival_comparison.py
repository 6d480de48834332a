"""Rivals fitted and judged: from images to kept figures, for every table that shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from senoscope import __version__
from senoscope.domain.errors import ModelPackageError
from senoscope.models.classifier import Classifier
from senoscope.models.evaluation.comparison import Difference, obuchowski
from senoscope.models.evaluation.cpu_time import TIMED, cpu_ms
from senoscope.models.evaluation.group_table import (
    KeptGroups,
    kept_groups,
    size_thirds,
)
from senoscope.models.evaluation.kept_figures import SET_TITLES, as_json, difference_cell
from senoscope.models.evaluation.marks import Tag
from senoscope.models.evaluation.metrics import Floats
from senoscope.models.evaluation.rival_figures import ranked_scores, rival_figures
from senoscope.models.evaluation.rival_table import KeptRival
from senoscope.models.evaluation.ultrasound_sets import UltrasoundImage
from senoscope.models.package import ModelPackage
from senoscope.models.segmenter import Segmenter
from senoscope.models.training.rival_lesions import (
    CADX,
    JOINT,
    ORACLE,
    RADIOMICS,
    SIZE_ALONE,
    RivalLesion,
    Say,
    outlined_lesions,
    read_unmarked,
    rival_lesions,
)
from senoscope.models.training.rivals import (
    Rivals,
    fit_rivals,
    fitted_rivals,
    fusion_name,
    labels_of,
    read_out_of_fold,
    rival_logits,
)

BI_RADS = "radiologist's BI-RADS (BUS-BRA)"
BIOPSY_FROM = 4.0
"""The BI-RADS category from which the lexicon advises a biopsy: the reader's own threshold."""
KEYS = {SIZE_ALONE: "size-alone", BI_RADS: "bi-rads", CADX: "cadx", ORACLE: "cadx-oracle",
        RADIOMICS: "radiomics", JOINT: "unet-joint"}  # fmt: skip
Images = Sequence[UltrasoundImage]


@dataclass(frozen=True, slots=True)
class Network:
    """A packaged classifier that is compared."""

    package: ModelPackage
    classifier: Classifier

    @property
    def title(self) -> str:
        """What a table calls it."""
        return self.package.title

    @property
    def learnt_from(self) -> list[str]:
        """Names of data sets, as its card has them."""
        try:
            return list(self.package.card["trained_on"]["data_licences"])
        except (KeyError, TypeError) as error:
            raise ModelPackageError(
                f"The card of {self.title} does not say what it was trained on "
                "(trained_on.data_licences). Write it again with `senoscope train`."
            ) from error


@dataclass(frozen=True, slots=True)
class ComparedImages:
    """What is learnt from and judged on.

    `fitted` is by the data set's name ("BUS-BRA"), `tested` by its part ("bus-bra 3"). `bi_rads`
    and `scanners` are by image name, of the images that have them; `tags` as `read_tags` gives.
    """

    fitted: Mapping[str, Images]
    inner: Images
    tested: Mapping[str, Images]
    bi_rads: Mapping[str, int]
    scanners: Mapping[str, str]
    tags: Mapping[tuple[str, str], Tag]


@dataclass(frozen=True, slots=True)
class Compared:
    """Kept figures: of each rival, and by kinds of images, of the first network."""

    rivals: list[KeptRival]
    groups: dict[str, KeptGroups]


def compare(
    images: ComparedImages,
    segmenter: Segmenter,
    outlines: str,
    networks: Sequence[Network],
    say: Say,
) -> Compared:
    """Every rival on every tested part; `outlines` is what `segmenter` is called.

    The first of `networks` joins the fusion and is read by kinds of images.
    """
    classifiers = {each.title: each.classifier for each in networks}
    fitted = {
        name: rival_lesions(every, segmenter, {}, say) for name, every in images.fitted.items()
    }
    inner = rival_lesions(images.inner, segmenter, classifiers, say)
    tested = {
        part: rival_lesions(every, segmenter, classifiers, say)
        for part, every in images.tested.items()
    }
    first = networks[0]
    rivals = fit_rivals(
        [lesion for every in fitted.values() for lesion in every],
        inner,
        first.title,
        read_out_of_fold(first.package.folder),
    )
    columns = {part: rivals.columns(lesions) for part, lesions in tested.items()}
    kept = _kept_rivals(rivals, tested, columns, images.bi_rads, networks, list(fitted))
    _add_costs(kept, rivals, networks, images, segmenter)
    _add_verdict(kept, rivals, first.title, tested, columns)
    kept += _across(fitted, tested)
    for rival in kept:
        rival["outlines"] = "" if rival["rival"] == BI_RADS else outlines
    groups = {}
    for part, lesions in tested.items():
        say(f"reading {part} again, calipers painted out")
        groups[part] = _groups(part, lesions, images, segmenter, first)
    return Compared(kept, groups)


def _kept_rivals(
    rivals: Rivals,
    tested: Mapping[str, Sequence[RivalLesion]],
    columns: Mapping[str, Mapping[str, Floats]],
    bi_rads: Mapping[str, int],
    networks: Sequence[Network],
    fitted_on: list[str],
) -> list[KeptRival]:
    """Figures on every part; costs and outlines are added later."""
    keys = KEYS | {each.title: each.package.name for each in networks}
    learnt = {each.title: each.learnt_from for each in networks} | {BI_RADS: []}
    kept: dict[str, KeptRival] = {}
    for part, lesions in tested.items():
        scores = dict(columns[part])
        if all(lesion.name in bi_rads for lesion in lesions):
            scores[BI_RADS] = np.array([float(bi_rads[lesion.name]) for lesion in lesions])
        found = _figures_of(lesions, scores, {**rivals.thresholds, BI_RADS: BIOPSY_FROM})
        for name, figures in found.items():
            if name not in kept:
                kept[name] = _kept(keys.get(name, "fusion"), name, learnt.get(name, fitted_on))
            kept[name]["sets"][part] = figures
    return list(kept.values())


def _figures_of(
    lesions: Sequence[RivalLesion], scores: Mapping[str, Floats], thresholds: Mapping[str, float]
) -> dict[str, Any]:
    groups = [lesion.group for lesion in lesions]
    found = rival_figures(labels_of(lesions), scores, groups, thresholds, SIZE_ALONE)
    return {name: as_json(figures) for name, figures in found.items()}


def _kept(key: str, name: str, learnt_from: Sequence[str]) -> KeptRival:
    return KeptRival(
        key=key,
        rival=name,
        learnt_from=list(learnt_from),
        outlines="",
        senoscope=__version__,
        parameters=None,
        cpu_ms=None,
        notes=[],
        sets={},
    )


def _add_costs(
    kept: Sequence[KeptRival],
    rivals: Rivals,
    networks: Sequence[Network],
    images: ComparedImages,
    segmenter: Segmenter,
) -> None:
    """Parameters in use, and the CPU time from a picture and its outline to a score."""
    parameters = {each.title: int(each.package.card["parameters"]) for each in networks}
    # An intercept each.
    parameters |= {name: len(model.weights) + 1 for name, model in rivals.models.items()}
    parameters[JOINT] = 0
    joined = sum(parameters[name] for name in rivals.fusion.weights)
    parameters[fusion_name(rivals.fusion)] = joined + len(rivals.fusion.weights) + 1
    every = [image for part in images.tested.values() for image in part]
    timed = outlined_lesions(every, segmenter, TIMED)
    spent = {
        name: cpu_ms(scorer, timed)
        for name, scorer in rivals.scorers(
            {each.title: each.classifier for each in networks}
        ).items()
    }
    for rival in kept:
        rival["parameters"] = parameters.get(rival["rival"])
        rival["cpu_ms"] = as_json(spent.get(rival["rival"]))


def _add_verdict(
    kept: Sequence[KeptRival],
    rivals: Rivals,
    network: str,
    tested: Mapping[str, Sequence[RivalLesion]],
    columns: Mapping[str, Mapping[str, Floats]],
) -> None:
    """What the fusion was fitted to, and whether it is worth keeping."""
    name = fusion_name(rivals.fusion)
    gained: dict[str, Difference] = {}
    for part, lesions in tested.items():
        one, other = (ranked_scores(columns[part][each]) for each in (name, network))
        groups = [lesion.group for lesion in lesions]
        gained[part] = obuchowski(labels_of(lesions), one, other, groups)
    words = ", ".join(
        f"{difference_cell(as_json(gain))} on {SET_TITLES.get(part, part)}"
        for part, gain in gained.items()
    )
    better = all(gain.ci[0] > 0 for gain in gained.values())
    verdict = "kept" if better else "not kept, for that is not above zero on every set"
    (fusion,) = (rival for rival in kept if rival["rival"] == name)
    fusion["notes"] += [
        f"Fusion fitted to {rivals.joined_on}.",
        f"Fusion over {network}: {words}: {verdict}.",
    ]


def _across(
    fitted: Mapping[str, Sequence[RivalLesion]], tested: Mapping[str, Sequence[RivalLesion]]
) -> list[KeptRival]:
    """What is fitted in seconds, fitted on one data set at a time. No thresholds, no costs."""
    kept = []
    for data_set, lesions in fitted.items():
        models = fitted_rivals(lesions, (SIZE_ALONE, CADX, RADIOMICS))
        found = {
            part: _figures_of(rows, _only(models, rival_logits(rows, models)), {})
            for part, rows in tested.items()
        }
        for name in models:
            rival = _kept(f"{KEYS[name]}-{data_set.lower()}", name, [data_set])
            rival["sets"] = {part: figures[name] for part, figures in found.items()}
            kept.append(rival)
    return kept


def _only(names: Mapping[str, object], columns: Mapping[str, Floats]) -> dict[str, Floats]:
    return {name: columns[name] for name in names}


def _groups(
    part: str,
    lesions: Sequence[RivalLesion],
    images: ComparedImages,
    segmenter: Segmenter,
    network: Network,
) -> KeptGroups:
    data_set = part.partition(" ")[0]
    calipers = {name: tag.calipers for (of, name), tag in images.tags.items() if of == data_set}
    marked = [image for image in images.tested[part] if calipers.get(image.name)]
    return kept_groups(
        [lesion.as_read_by(network.title) for lesion in lesions],
        {
            "scanner": images.scanners,
            "BI-RADS": {name: str(category) for name, category in images.bi_rads.items()},
            "lesion's share of the picture": size_thirds(
                {each.name: each.share for each in lesions}
            ),
            "calipers": {name: "yes" if seen else "no" for name, seen in calipers.items()},
        },
        read_unmarked(marked, segmenter, network.classifier),
    )

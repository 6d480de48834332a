"""Masses and distortions of a volume: places in slabs joined, and measured over slices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.models.programmed.feature import Feature, Values
from senoscope.models.programmed.feature_model import FeatureModel
from senoscope.models.programmed.mammography.breast import Grey
from senoscope.models.programmed.mammography.mark_features import NAMES
from senoscope.models.programmed.mammography.marks import MarkKind
from senoscope.models.programmed.tomosynthesis.depth import Depth, depth_of
from senoscope.models.programmed.tomosynthesis.in_view import over_others, with_over
from senoscope.models.programmed.tomosynthesis.join import APART_MM, Joined, joined
from senoscope.models.programmed.tomosynthesis.soft_places import SoftPlaces
from senoscope.models.programmed.tomosynthesis.sought import Sought

SOFT = (MarkKind.MASS, MarkKind.DISTORTION)
MOST = {MarkKind.MASS: 40, MarkKind.DISTORTION: 25}
_BLUR_MM = 1.5
_LOOK_MM = 9.0
"""From the best slab, how far a place's own height may lie."""
_FAINT = -4.0
"""A logit that lies more below the best counts as this."""
_FAR_MM = 9.0
"""From its height, where a place's shadow is looked at."""
_UNSEEN = -8.0
"""The logit of a slab that has no candidate at a place."""

FEATURES = (
    Feature("slice", "1", "logit of the best slab's place by its features there", "this project"),
    Feature("beside", "1", "mean logit in the slabs above and below the best", "this project"),
    Feature("slabs", "1", "log of the number of slabs that see it", "this project"),
    Feature("contrast", "1", "inside less around where it is sharpest, in spreads", "this project"),
    Feature("fall", "1", "fall of grey at the outline there, in spreads", "this project"),
    Feature("sharpness", "1", "contrast there less that of its shadow far above", "this project"),
    Feature("extent", "1", "log of its extent in depth by that in the plane", "this project"),
    Feature("as_slab", "1", "logit of the best slab by the model of mammograms", "this project"),
    Feature("as_mean", "1", "the best such logit there in the mean of slices", "this project"),
    Feature("projected", "1", "contrast in the mean of all slices", "this project"),
    Feature("radius", "1", "log of the outline's mean distance in mm", "this project"),
)

OTHERS = ("slice", "as_slab", "as_mean", "contrast", "fall", "projected")
"""Of FEATURES, those that are also told over the other places of the view."""
NAMES_OF = with_over([each.name for each in FEATURES], OTHERS)


@dataclass(frozen=True, eq=False)
class SoftVolume:
    """`place` is the index among the view's `SoftPlaces` of the slab that shows it best."""

    kind: MarkKind
    place: int
    depth: Depth
    features: Values


@dataclass(frozen=True)
class SliceStage:
    """By kind: `slices` score a place in a slab, `flat` are those of mammograms, as shipped."""

    slices: Mapping[MarkKind, FeatureModel]
    flat: Mapping[MarkKind, FeatureModel]


def soft_volumes(sought: Sought, stage: SliceStage) -> list[SoftVolume]:
    """Of each kind at most MOST, the best by their slab first."""
    places = sought.places
    height_mm = places.slice_at * sought.about.slice_mm
    found = []
    for kind in SOFT:
        of_kind = np.array([one for one, its in enumerate(places.kind) if its is kind], np.intp)
        logits = slice_logits(places.features[of_kind], stage.slices[kind])
        its = []
        for each in joined(places.at_mm[of_kind], height_mm[of_kind], logits, MOST[kind]):
            volume = _volume(sought, kind, of_kind, logits, each)
            more = _as_mammogram(sought.places, volume, stage.flat[kind])
            its.append(replace(volume, features={**volume.features, **more}))
        features = over_others([each.features for each in its], OTHERS) if its else []
        found += [replace(each, features=seen) for each, seen in zip(its, features, strict=True)]
    return found


def slice_logits(features: Grey, model: FeatureModel) -> Grey:
    """(n,) of rows in the order of NAMES."""
    rows = (dict(zip(NAMES, row, strict=True)) for row in features.tolist())
    return np.array([model.opinion(row).logit for row in rows], np.float32)


def _volume(
    sought: Sought, kind: MarkKind, of_kind: NDArray[np.intp], logits: Grey, it: Joined
) -> SoftVolume:
    places, about = sought.places, sought.about
    best = int(of_kind[it.best])
    by_slab = _by_slab(places.slice_at[of_kind[it.members]], logits[it.members])
    middle = float(places.slice_at[best])
    at = sorted(by_slab).index(middle)
    beside = [by_slab[each] for each in sorted(by_slab)[max(0, at - 1) : at + 2] if each != middle]
    depth = _depth(sought, of_kind[it.members], logits[it.members])
    contrast, fall = places.contrast[best], places.fall[best]
    here = depth.slice_index
    away_mm = np.abs(np.arange(len(contrast)) - depth.at) * about.slice_mm
    far = away_mm > min(_FAR_MM, 0.6 * float(away_mm.max()))
    radius = float(places.features[best, NAMES.index("radius")])
    extent_mm = (depth.last - depth.first + 1) * about.slice_mm
    features = {
        "slice": float(logits[it.best]),
        "beside": float(np.mean([*beside, *[_UNSEEN] * (2 - len(beside))])),
        "slabs": float(np.log(len(by_slab))),
        "contrast": float(contrast[here]),
        "fall": float(fall[here]),
        "sharpness": float(contrast[here] - contrast[far].mean()) if far.any() else np.nan,
        "extent": float(np.log(extent_mm) - radius),
        "projected": float(contrast.mean()),
        "radius": radius,
    }
    return SoftVolume(kind, best, depth, features)


def _as_mammogram(places: SoftPlaces, volume: SoftVolume, model: FeatureModel) -> Values:
    """What the model of mammograms says of the best slab, and of the mean of all slices there."""
    flat, kind = places.flat, volume.kind
    its = np.array([one for one, each in enumerate(flat.kind) if each is kind], np.intp)
    off = np.hypot(*(flat.at_mm[its] - places.at_mm[volume.place]).T) / APART_MM
    near = off < 1
    logits = slice_logits(flat.features[its[near]], model) - 2 * off[near] ** 2
    here = slice_logits(places.features[[volume.place]], model)
    return {"as_slab": float(here[0]), "as_mean": float(logits.max(initial=_UNSEEN))}


def _depth(sought: Sought, members: NDArray[np.intp], logits: Grey) -> Depth:
    """Of places that are one, by their odds: the middle between two that err apart.

    One is the mean height of the slabs that see it; the other where contrast and fall peak.
    """
    places, slice_mm = sought.places, sought.about.slice_mm
    middle = float(places.slice_at[members[int(np.argmax(logits))]])
    odds = np.exp(np.maximum(logits - logits.max(), _FAINT))
    odds *= np.abs(places.slice_at[members] - middle) * slice_mm <= _LOOK_MM
    mean = float(np.average(places.slice_at[members], weights=odds))
    profile = np.average(
        [place_profile(places, one, slice_mm) for one in members.tolist()], axis=0, weights=odds
    )
    reach, top = round(_LOOK_MM / slice_mm), len(profile) - 1
    low, high = max(0, round(middle) - reach), min(top, round(middle) + reach)
    found = depth_of(np.asarray(profile, np.float32), low, high)
    at = (found.at + mean) / 2
    return Depth(at, found.peak, min(found.first, round(at)), max(found.last, round(at)))


def place_profile(places: SoftPlaces, one: int, slice_mm: float) -> Grey:
    """(slices,): contrast and fall, each by its range.

    The larger a thing, the farther its shadow, so that it is smoothed by its size.
    """
    radius_mm = float(np.exp(places.features[one, NAMES.index("radius")]))
    blur = max(_BLUR_MM, radius_mm / 2) / slice_mm
    parts = (_smooth(each[one], blur) for each in (places.contrast, places.fall))
    scaled = [each / max(float(np.ptp(each)), 1e-6) for each in parts]
    return np.asarray(np.sum(scaled, axis=0), np.float32)


def _smooth(profile: Grey, sigma: float) -> Grey:
    row = np.ascontiguousarray(profile[None], np.float32)
    smooth = cv2.GaussianBlur(row, (0, 0), sigma, sigmaY=0.01, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(smooth[0], np.float32)


def _by_slab(slice_at: Grey, logits: Grey) -> dict[float, float]:
    """The best logit of each slab, by its middle."""
    best: dict[float, float] = {}
    for at, logit in zip(slice_at.tolist(), logits.tolist(), strict=True):
        best[at] = max(best.get(at, logit), logit)
    return best

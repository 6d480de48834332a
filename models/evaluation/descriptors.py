"""Do the programmed descriptors say what a reader says of the same lesion? Word by word.

The words come from `senoscope.models.programmed.descriptors`. Given the reader's own outline the
words alone are judged, given a predicted one the whole chain. Beside each descriptor stands the
baseline that looks at no image: always the word that the reader gave most often in these very
lesions, and so as good as such a baseline can be.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import DataSetError
from senoscope.domain.lexicon import EchoPattern, Margin, PosteriorFeatures, Shape
from senoscope.models.evaluation.agreement import Agreement, agreement
from senoscope.models.evaluation.breast_set import DescribedImage
from senoscope.models.evaluation.matching import best_match, lesion_components, outline_of
from senoscope.models.evaluation.metrics import Bools
from senoscope.models.evaluation.outlines import true_mask
from senoscope.models.evaluation.ultrasound_sets import Diagnosis
from senoscope.models.programmed.descriptors import Descriptors, describe
from senoscope.models.segmenter import Segmenter

LEXICONS: dict[str, type[StrEnum]] = {
    "shape": Shape,
    "margin": Margin,
    "echo_pattern": EchoPattern,
    "posterior_features": PosteriorFeatures,
}
"""The words compared, by their field in both DescribedImage and Descriptors."""

Outline = NDArray[np.floating]
"""(n, 2), [x, y] in the image's pixels, pixel centres at integers."""
OutlineOf = Callable[[DescribedImage], Outline | None]
"""Where the described lesion is; None where it was not found."""


@dataclass(frozen=True, slots=True)
class DescriptorFigures:
    """One descriptor, over the lesions that both the reader and the program assessed.

    `baseline` is for always saying `always`, on the same lesions; None where there are none. Of
    the outlined lesions, the reader left `not_by_reader` unassessed; of the others the program
    left `not_by_program`: where these are many, the figures tell of the easier lesions only.
    """

    agreement: Agreement
    always: StrEnum | None
    baseline: Agreement
    not_by_reader: int
    not_by_program: int


@dataclass(frozen=True, slots=True)
class DescriptorEvaluation:
    """Figures by descriptor, of `lesions` of which `not_outlined` had no outline to describe."""

    lesions: int
    not_outlined: int
    figures: dict[str, DescriptorFigures]


def evaluate_descriptors(
    images: Sequence[DescribedImage], outline_of: OutlineOf
) -> DescriptorEvaluation:
    """Describe each image's lesion on the outline that `outline_of` gives, and compare.

    Normal images are left out. Pixels are taken for square. Raises DataSetError where no image
    shows a lesion, ImageError for an outline that encloses next to nothing.
    """
    lesions = [image for image in images if image.image.diagnosis is not Diagnosis.NORMAL]
    if not lesions:
        raise DataSetError(
            f"None of {len(images)} images shows a lesion; expected benign or malignant ones. "
            "Choose another part of the data set."
        )
    described: list[tuple[DescribedImage, Descriptors]] = []
    for image in lesions:
        outline = outline_of(image)
        if outline is not None:
            described.append((image, describe(image.image.pixels(), outline)))
    return DescriptorEvaluation(
        lesions=len(lesions),
        not_outlined=len(lesions) - len(described),
        figures={name: _figures(described, name) for name in LEXICONS},
    )


def reader_outline(image: DescribedImage) -> Outline | None:
    """Round the largest part of the reader's mask; None without a mask.

    Raises DataSetError for a mask that is empty or of another size than its image.
    """
    if not image.image.mask_paths:
        return None
    return outline_of(_described_part(image))


def predicted_outline(segmenter: Segmenter) -> OutlineOf:
    """The segmenter's outline of the lesion that the reader outlined, if it found that one.

    Found is as in `matching.best_match`. Where the reader drew no mask there is none, for nothing
    says which outline the words are about. Raises as `reader_outline` does.
    """

    def outline(image: DescribedImage) -> Outline | None:
        if not image.image.mask_paths:
            return None
        part = _described_part(image)
        lesion = best_match(segmenter.segment(image.image.pixels()).lesions, part)
        return None if lesion is None else lesion.contour

    return outline


def _described_part(image: DescribedImage) -> Bools:
    return lesion_components(true_mask(image.image, image.image.pixels()))[0]


def _figures(
    described: Sequence[tuple[DescribedImage, Descriptors]], name: str
) -> DescriptorFigures:
    given: list[frozenset[StrEnum]] = []
    found: list[StrEnum] = []
    groups: list[Hashable] = []
    not_by_reader = 0
    for image, words in described:
        said, word = _given(image, name), getattr(words, name).word
        not_by_reader += said is None
        if said is not None and word is not None:
            given.append(said)
            found.append(word)
            groups.append(image.image.group)
    lexicon = LEXICONS[name]
    # In the lexicon's order, so that equally frequent words give the same baseline every time.
    always = max(lexicon, key=lambda word: sum(word in said for said in given)) if given else None
    return DescriptorFigures(
        agreement=agreement(given, found, groups, lexicon),
        always=always,
        baseline=agreement(given, [always] * len(given) if always else [], groups, lexicon),
        not_by_reader=not_by_reader,
        not_by_program=len(described) - not_by_reader - len(given),
    )


def _given(image: DescribedImage, name: str) -> frozenset[StrEnum] | None:
    word = getattr(image, name)
    return word if word is None or isinstance(word, frozenset) else frozenset({word})

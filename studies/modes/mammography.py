"""Mammograms and tomosynthesis, read by programs a person wrote: density, and marks of CADe."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from senoscope.domain.errors import ModelPackageError
from senoscope.domain.reading import ReaderDescription
from senoscope.models.mammogram_card import installed_mammogram_models
from senoscope.models.mammogram_model import MammogramModel, load_mammogram_model
from senoscope.models.programmed.mammography.density_category import LETTERS, density_category
from senoscope.models.programmed.mammography.second_stage import SHOWN_FROM, load_second_stage
from senoscope.models.programmed.tomosynthesis.second_stage import load_volume_stage
from senoscope.studies.images.series import Series, Study
from senoscope.studies.images.stored_image import StoredImage
from senoscope.studies.images.stored_mammogram import is_mammogram
from senoscope.studies.images.stored_tomosynthesis import is_other_tomosynthesis, is_tomosynthesis
from senoscope.studies.modes.mammogram_marks import KINDS, exam_score, findings_of, marked_views
from senoscope.studies.modes.mammogram_view import read_mammogram_view, with_asymmetry
from senoscope.studies.modes.mode import Say, say_nothing
from senoscope.studies.modes.read_view import ReadView
from senoscope.studies.modes.tomosynthesis_view import read_tomosynthesis_view
from senoscope.studies.study_reading import MAMMOGRAPHY, WEIGHTS, ReadingFact, StudyReading

READER = ReaderDescription(
    engine="programmed features, no network",
    models=(
        "programmed CADe 1, trained on simulated breasts alone",
        "area percent density, level 0.45",
    ),
)


@dataclass(frozen=True)
class Mammography:
    """All mammograms and tomosynthesis views of a study together, since they are compared.

    `networks`: the folder in which users put networks of their own, see `mammogram_card`. Those
    that were trained on patients and take one view at a time give each view an opinion.
    """

    networks: Path | None = None

    name = MAMMOGRAPHY
    expects = "mammograms or tomosynthesis"

    def accepts(self, series: Series) -> bool:
        """Any that holds one; what is For Processing, or projections, says why it is not read."""
        return any(map(_is_read, series.images))

    def read(
        self, study: Study, say: Say = say_nothing, cancelled: Event | None = None
    ) -> StudyReading | None:
        """As `Mode.read`.

        Facts: `density_percent` and `density_category` of the exam with the probability of each
        letter, `density_L` and `density_R`, and from which score on marks of a kind are findings.
        """
        networks, troubles = self._loaded()
        stage = load_volume_stage()
        images = [each for each in study.images if _is_read(each)]
        told = _Told(sum(map(_share, images)), say, cancelled)
        views: list[ReadView] = []
        try:
            for number, image in enumerate(images, start=1):
                told.begin(f"Image {number} of {len(images)}", image)
                views.append(
                    read_mammogram_view(image, networks)
                    if is_mammogram(image)
                    else read_tomosynthesis_view(image, stage.slices, told.looked)
                )
        except _Cancelled:
            return None
        marked = marked_views(with_asymmetry(views), load_second_stage(), stage)
        findings, below = findings_of(marked)
        say(1.0, f"{len(images)} images")
        return StudyReading(
            study.uid,
            self.name,
            replace(READER, models=(*READER.models, *(each.card.title for each in networks))),
            tuple(each.view.reading for each in marked),
            findings,
            datetime.now(UTC),
            (_weights(networks, troubles), *_facts(views), *exam_score(marked)),
            below,
        )

    def _loaded(self) -> tuple[list[MammogramModel], list[str]]:
        """Networks, and why others are not used."""
        if self.networks is None:
            return [], []
        installed = installed_mammogram_models(self.networks)
        loaded, troubles = [], list(installed.troubles)
        for card in installed.clinical:
            if card.at_once > 1:
                troubles.append(f"{card.title}: takes {card.at_once} views at once, not read here.")
                continue
            try:
                loaded.append(load_mammogram_model(card.folder))
            except ModelPackageError as error:
                troubles.append(str(error))
        return loaded, troubles


class _Cancelled(Exception):
    """Raised where a slice would be looked at, since a view of many takes long."""


class _Told:
    """Says how much of `whole` is read."""

    def __init__(self, whole: float, say: Say, cancelled: Event | None) -> None:
        self._whole, self._say, self._cancelled = whole, say, cancelled
        self._before = self._own = 0.0
        self._words, self._frames = "", 1

    def begin(self, words: str, image: StoredImage) -> None:
        """The next image."""
        self._before, self._own = self._before + self._own, _share(image)
        self._words, self._frames = words, image.frames
        self.looked(0)

    def looked(self, slices: int) -> None:
        """At so many slices of it."""
        if self._cancelled is not None and self._cancelled.is_set():
            raise _Cancelled
        share = (self._before + self._own * slices / self._frames) / self._whole
        many = f", slice {slices + 1} of {self._frames}" if self._frames > 1 else ""
        self._say(min(share, 1.0), self._words + many)


def _is_read(image: StoredImage) -> bool:
    return is_mammogram(image) or is_tomosynthesis(image) or is_other_tomosynthesis(image)


def _share(image: StoredImage) -> float:
    """Of the work: ten slices take as long as a mammogram."""
    return 1.0 if is_mammogram(image) else max(1.0, image.frames / 10)


def _weights(networks: Sequence[MammogramModel], troubles: Sequence[str]) -> ReadingFact:
    """No words where there are none, and nothing to say of any."""
    titles = [each.card.title for each in networks]
    return ReadingFact(WEIGHTS, word="; ".join([*titles, *troubles]))


def _facts(views: Sequence[ReadView]) -> Iterator[ReadingFact]:
    for kind, score in SHOWN_FROM.items():
        yield ReadingFact(f"shown_from_{KINDS[kind].name.lower()}", score)
    percents = [each.percent for each in views if each.percent is not None]
    if not percents:
        return
    mean = sum(percents) / len(percents)
    category = density_category(mean)
    yield ReadingFact("density_percent", mean, "%")
    yield ReadingFact("density_category", word=category.letter)
    for letter, probability in zip(LETTERS, category.probabilities, strict=True):
        yield ReadingFact(f"density_{letter.lower()}", probability)
    for side in ("L", "R"):
        own = [each.percent for each in views if each.percent is not None and _side(each) == side]
        if own:
            yield ReadingFact(f"density_{side}", sum(own) / len(own), "%")


def _side(view: ReadView) -> str | None:
    """None where it is not said, or contradicted."""
    return None if view.found is None else view.found.laterality

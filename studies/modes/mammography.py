"""Mammograms, read by programs a person wrote: parts, density, and marks of programmed CADe."""

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
from senoscope.models.programmed.mammography.cade import scored
from senoscope.models.programmed.mammography.density_category import LETTERS, density_category
from senoscope.models.programmed.mammography.second_stage import SHOWN_FROM, load_second_stage
from senoscope.studies.images.series import Series, Study
from senoscope.studies.images.stored_mammogram import is_mammogram
from senoscope.studies.modes.mammogram_marks import KINDS, findings_of
from senoscope.studies.modes.mammogram_view import ReadView, read_view, with_asymmetry
from senoscope.studies.modes.mode import Say, say_nothing
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
    """All mammograms of a study together, since the views are compared.

    `networks`: the folder in which users put networks of their own, see `mammogram_card`. Those
    that were trained on patients and take one view at a time give each view an opinion.
    """

    networks: Path | None = None

    name = MAMMOGRAPHY
    expects = "mammograms"

    def accepts(self, series: Series) -> bool:
        """Any that holds a mammogram, For Processing too: it says why it is not read."""
        return any(map(is_mammogram, series.images))

    def read(
        self, study: Study, say: Say = say_nothing, cancelled: Event | None = None
    ) -> StudyReading | None:
        """As `Mode.read`.

        Facts: `density_percent` and `density_category` of the exam with the probability of each
        letter, `density_L` and `density_R`, and from which score on marks of a kind are findings.
        """
        stage = load_second_stage()
        networks, troubles = self._loaded()
        images = [each for each in study.images if is_mammogram(each)]
        views: list[ReadView] = []
        for number, image in enumerate(images):
            if cancelled is not None and cancelled.is_set():
                return None
            say(number / len(images), f"Mammogram {number + 1} of {len(images)}")
            views.append(read_view(image, networks))
        views = with_asymmetry(views)
        searched = [each for each in views if each.found is not None and not each.found.trouble]
        marks = scored([each.found for each in searched if each.found is not None], stage)
        findings, below = findings_of(searched, marks)
        say(1.0, f"{len(images)} mammograms")
        return StudyReading(
            study.uid,
            self.name,
            replace(READER, models=(*READER.models, *(each.card.title for each in networks))),
            tuple(each.reading for each in views),
            findings,
            datetime.now(UTC),
            (_weights(networks, troubles), *_facts(views)),
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

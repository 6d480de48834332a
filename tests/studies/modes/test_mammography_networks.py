"""Networks of users beside the programmed reading of mammograms."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from senoscope.domain.errors import ModelPackageError
from senoscope.models.mammogram_card import InstalledModels, MammogramCard
from senoscope.models.mammogram_model import MammogramModel
from senoscope.studies.modes import mammography
from senoscope.studies.modes.mammography import Mammography
from senoscope.studies.results.reading_lines import reading_lines
from senoscope.studies.study_reading import NETWORK, NOT_READ_BY_NETWORK, WEIGHTS, StudyReading
from tests.models.test_mammogram_model import CARD, one
from tests.studies.modes.drawn_exam import exam
from tests.studies.study_builders import read

CLINICAL = replace(CARD, name="mine", views=("CC",), is_clinical=True, trained_on="CBIS-DDSM")


def reading_with(
    monkeypatch: pytest.MonkeyPatch, folder: Path, *cards: MammogramCard, troubles: tuple[str, ...]
) -> StudyReading:
    def load(_: Path) -> MammogramModel:
        card = next(each for each in cards if each.is_clinical)
        if card.name == "broken":
            raise ModelPackageError("The network is broken. Export it again.")
        return MammogramModel(card, one())

    installed = InstalledModels(cards, troubles)
    monkeypatch.setattr(mammography, "installed_mammogram_models", lambda _: installed)
    monkeypatch.setattr(mammography, "load_mammogram_model", load)
    folder.mkdir(exist_ok=True)
    [study], _ = read(exam(folder / "in", (("L", "CC"), ("L", "MLO"))))
    reading = Mammography(folder / "networks").read(study)
    assert reading is not None
    return reading


def weights_of(reading: StudyReading) -> str:
    return next(each.word for each in reading.facts if each.name == WEIGHTS)


def test_a_clinical_network_says_what_it_thinks_of_the_views_it_takes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    reading = reading_with(monkeypatch, tmp_path, CLINICAL, troubles=())
    by_view = {
        next(fact.word for fact in each.facts if fact.name == "view"): {
            fact.name: fact for fact in each.facts
        }
        for each in reading.images
    }
    opinion = by_view["CC"][NETWORK]
    assert (opinion.number, opinion.word) == (0.25, CLINICAL.title)
    assert "view is MLO" in by_view["MLO"][NOT_READ_BY_NETWORK].word
    assert NETWORK not in by_view["MLO"]
    assert weights_of(reading) == CLINICAL.title
    assert reading.reader.models[-1] == CLINICAL.title
    lines = list(reading_lines(reading))
    assert any("probability of malignancy 0.25" in each for each in lines)


def test_one_that_saw_no_patients_is_not_used_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    reading = reading_with(monkeypatch, tmp_path, CARD, troubles=())
    assert weights_of(reading) == ""
    assert not any(fact.name == NETWORK for each in reading.images for fact in each.facts)
    assert any("no clinical weights installed" in each for each in reading_lines(reading))


def test_what_is_wrong_with_a_network_is_said_and_the_rest_is_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = replace(CLINICAL, name="broken")
    reading = reading_with(monkeypatch, tmp_path, broken, troubles=("One card is wrong.",))
    assert weights_of(reading) == "One card is wrong.; The network is broken. Export it again."
    assert [each.read for each in reading.images] == [1, 1]
    four = replace(CLINICAL, views=("CC", "MLO"), at_once=4)
    assert "4 views at once" in weights_of(
        reading_with(monkeypatch, tmp_path / "four", four, troubles=())
    )

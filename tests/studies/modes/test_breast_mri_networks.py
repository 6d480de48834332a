"""Users' own networks beside the programmed reading of breast MRI."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event

import numpy as np
import pytest

from senoscope.domain.breast_mri import DynamicSeries
from senoscope.models import breast_mri_network
from senoscope.models.network_card import CARD, WEIGHTS
from senoscope.models.programmed.breast_mri.analysis import MriAnalysis, MriSettings
from senoscope.studies.modes.breast_mri import BreastMri
from senoscope.studies.results.reading_lines import reading_lines
from senoscope.studies.study_reading import ReadingFact, StudyReading
from tests.models.drawn_mri_network import write_network
from tests.studies.results.breast_mri.read_exam import by_hand, sagittal_study_of, study_of

TITLE = "rises 3 (trained on: nothing, drawn by hand, not clinical)"
OUTLINED = ("network_outline", "network_agreement")


def read_with(folder: Path, networks: Path) -> StudyReading:
    reading = BreastMri(analyser=by_hand, networks=networks).read(study_of(folder))
    assert reading is not None
    return reading


def outlined(reading: StudyReading) -> list[ReadingFact]:
    return [each for each in reading.facts if each.name.startswith(OUTLINED)]


def troubles(reading: StudyReading) -> list[str]:
    return [each.word for each in reading.facts if each.name == "trouble"]


def test_each_network_s_outline_stands_beside_what_is_programmed(tmp_path: Path) -> None:
    write_network(tmp_path / "own" / "a")
    write_network(tmp_path / "own" / "b", name="patients", is_clinical=True, target="breast")
    reading = read_with(tmp_path / "in", tmp_path / "own")
    plain = read_with(tmp_path / "again", tmp_path / "none")
    assert not outlined(plain)
    assert [each.probability for each in reading.findings] == [
        each.probability for each in plain.findings
    ]
    assert reading.reader == plain.reader
    assert troubles(reading) == troubles(plain)
    volume, agreement, breast, _ = outlined(reading)
    assert (volume.name, volume.unit, volume.word) == ("network_outline_tumour", "ml", TITLE)
    assert volume.number == pytest.approx(0.504)
    assert agreement.number == pytest.approx(2 * 167 / (168 + 167))
    assert breast.name == "network_outline_breast"
    assert breast.word == "patients 3 (trained on: nothing, drawn by hand)"
    lines = "\n".join(reading_lines(reading))
    said = f"{TITLE}: 0.50 ml; agreement with the programmed outline (Dice) 1.00"
    assert f"Tumour outlined by a network: {said}" in lines
    [volumes] = reading.volumes
    assert [each.name for each in volumes.networks] == ["rises", "patients"]
    np.testing.assert_array_equal(volumes.networks[0].mask, np.ones((4, 6, 7), bool))


def test_one_that_is_not_understood_is_said_and_the_rest_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(breast_mri_network, "MOST_VOXELS", 20_000)
    write_network(tmp_path / "own" / "good")
    (write_network(tmp_path / "own" / "no-card") / CARD).write_text("{}")
    (write_network(tmp_path / "own" / "no-network") / WEIGHTS).write_bytes(b"no network")
    write_network(tmp_path / "own" / "too-fine", spacing_mm=[1, 0.5, 0.5])
    reading = read_with(tmp_path / "in", tmp_path / "own")
    assert len(reading.findings) == 1 and len(reading.volumes[0].networks) == 1
    assert len(outlined(reading)) == 2
    said = troubles(reading)
    for part in (
        "no-card/card.json is not understood",
        "The network in no-network cannot be loaded",
        f"{TITLE} outlines nothing. On a grid of (1.0, 0.5, 0.5) mm",
        "Phase 3 was not registered.",
    ):
        assert any(part in each for each in said), part
    # Where the page looks for what could not be done.
    kept = reading.volumes[0].analysis.troubles
    assert any("outlines nothing" in each for each in kept)
    assert any("no-card" in each for each in kept)


def test_without_a_breast_no_network_is_asked(tmp_path: Path) -> None:
    def no_breast(
        series: DynamicSeries,
        settings: MriSettings,
        say: Callable[[float, str], None],
        cancelled: Event | None,
    ) -> MriAnalysis | None:
        found = by_hand(series, settings, say, cancelled)
        return found and replace(found, tissue=np.zeros_like(found.tissue), lesions=())

    write_network(tmp_path / "own" / "a")
    mode = BreastMri(analyser=no_breast, networks=tmp_path / "own")
    reading = mode.read(study_of(tmp_path / "in"))
    assert reading is not None
    assert not outlined(reading)
    assert any("No breast was found for it to look at" in each for each in troubles(reading))


def test_it_says_how_far_a_network_is_and_stops_between_patches(tmp_path: Path) -> None:
    write_network(tmp_path / "own" / "a")
    study = study_of(tmp_path / "in")
    mode = BreastMri(analyser=by_hand, networks=tmp_path / "own")
    told: list[tuple[float, str]] = []
    assert mode.read(study, lambda share, words: told.append((share, words))) is not None
    shares = [share for share, _ in told]
    assert shares == sorted(shares) and shares[-1] == 1
    assert [words for _, words in told].count(TITLE) > 3
    cancelled, count = Event(), len(told)
    told.clear()

    def stops_at_the_network(share: float, words: str) -> None:
        told.append((share, words))
        if words == TITLE:
            cancelled.set()

    assert mode.read(study, stops_at_the_network, cancelled) is None
    assert [words for _, words in told].count(TITLE) == 1 < count


def test_of_breasts_that_were_read_alone_the_side_is_said(tmp_path: Path) -> None:
    study = sagittal_study_of(tmp_path / "in")

    def one_side(
        series: DynamicSeries,
        settings: MriSettings,
        say: Callable[[float, str], None],
        cancelled: Event | None,
    ) -> MriAnalysis | None:
        found = by_hand(series, settings, say, cancelled)
        side = "R" if series.geometry.origin_mm[0] < 0 else "L"
        return found and replace(found, dense_percent={side: 20.0, "both": 20.0})

    write_network(tmp_path / "own" / "a")
    reading = BreastMri(analyser=one_side, networks=tmp_path / "own").read(study)
    assert reading is not None
    names = sorted(each.name for each in outlined(reading) if "outline" in each.name)
    assert names == ["network_outline_tumour_L", "network_outline_tumour_R"]
    lines = "\n".join(reading_lines(reading))
    assert "Tumour outlined by a network, right" in lines

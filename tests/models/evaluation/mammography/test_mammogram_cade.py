from __future__ import annotations

import pytest

from senoscope.domain.errors import DataSetError
from senoscope.domain.mammogram import Laterality
from senoscope.models.evaluation.mammography.froc import Growth
from senoscope.models.evaluation.mammography.known_exam import KnownExam
from senoscope.models.evaluation.mammography.mammogram_cade import (
    froc_figures,
    froc_pictures,
    read_known_exams,
    thresholds,
)
from senoscope.models.programmed.mammography.marks import MarkKind
from senoscope.models.programmed.mammography.second_stage import load_second_stage
from tests.models.programmed.mammography.drawn_breasts import (
    MM,
    as_view,
    plain_breast,
    with_ball,
    with_dots,
)

DOTS = [(180.0, 300.0), (195.0, 315.0), (170.0, 320.0), (205.0, 295.0), (188.0, 278.0)]
GROWTHS = (
    Growth(MarkKind.CALCIFICATIONS, "calcifications", (18.7, 30.1), 3.0),
    Growth(MarkKind.MASS, "round mass", (20.0, 50.0), 6.0),
)


def drawn_exam(name: str, seed: int) -> KnownExam:
    picture = with_ball(with_dots(plain_breast(seed=seed), DOTS), (200.0, 500.0), 6.0 / MM)
    healthy = as_view(plain_breast(seed=seed + 100), side=Laterality.RIGHT)
    return KnownExam(name, "B", (as_view(picture), healthy), (GROWTHS, ()))


def test_what_is_plain_is_found_and_told_with_its_baseline() -> None:
    said: list[str] = []
    exams = [drawn_exam("a", 1), drawn_exam("b", 2)]
    outcome = read_known_exams(exams, load_second_stage(), said.append)
    assert (outcome.anatomies, len(outcome.images), len(said)) == (2, 4, 2)
    figures = froc_figures(outcome)
    for kind in ("calcifications", "mass"):
        assert (figures[f"{kind}_at_1"].value, figures[f"{kind}_at_1"].n) == (1.0, 2)
        assert figures[f"baseline_{kind}_at_1"].n == 2
    assert figures["round_mass_at_2"].n == 2
    assert figures["spiculated_mass_at_2"].n == 0
    assert figures["mass_at_2_density_B"].n == 2
    levels = thresholds(outcome)
    assert set(levels) == {"calcifications", "mass", "distortion"}
    assert all(each["0.25"] >= each["1"] >= each["4"] for each in levels.values())
    assert all(picture.startswith("<svg") for picture in froc_pictures(outcome).values())


def test_views_and_truth_must_go_together() -> None:
    with pytest.raises(DataSetError, match="1 views"):
        KnownExam("a", "B", (as_view(plain_breast()),), ())

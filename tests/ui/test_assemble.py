"""What reads is calibrated by the site's fit where there is one that belongs to it."""

from __future__ import annotations

import pickle
from dataclasses import replace
from itertools import islice

import pytest

from senoscope.domain.errors import ModelPackageError
from senoscope.domain.reading import Finding, Suspicion
from senoscope.models.evaluation.platt_fit import PlattFit
from senoscope.models.odds import logit
from senoscope.models.package import CLASSIFIER, load_package
from senoscope.ui.assemble import build_classifier, build_explainer, build_reader, operating_point
from senoscope.ui.calibration.site_calibration import SiteFit, checksum
from tests.ui.built_frames import published
from tests.ui.explained import LESION, bright_dot

PACKAGE = load_package(CLASSIFIER)
FIT = SiteFit(
    PACKAGE.name, PACKAGE.version, checksum(PACKAGE), PlattFit(2.0, -1.0, 0.2, 0.05, 0.6),
    214, 180, "2026-11-28", {},
)  # fmt: skip


def test_without_a_fit_all_is_as_shipped() -> None:
    assert operating_point(PACKAGE) == build_reader().operating_point
    assert operating_point(PACKAGE).low_below == PACKAGE.setting("low_below")
    assert build_reader().description.models[1] == PACKAGE.title


def test_a_fit_of_the_site_is_what_reader_words_and_description_go_by() -> None:
    fit = pickle.loads(pickle.dumps(FIT))  # as it reaches the process that reads
    reader = build_reader(site_fit=fit)
    point = reader.operating_point
    assert (point.low_below, point.high_from) == pytest.approx((0.05, 0.6))
    assert reader.description.operating_point == point == operating_point(PACKAGE, site_fit=fit)
    assert reader.description.models[1] == f"{PACKAGE.title}, calibrated here on 214 lesions"
    shipped = build_classifier(CLASSIFIER)
    uncalibrated = shipped.logit(bright_dot(), LESION.box)
    assert shipped.log_odds(bright_dot(), LESION.box) == pytest.approx(
        PACKAGE.setting("calibration_slope") * uncalibrated
        + PACKAGE.setting("calibration_intercept")
    )
    for classifier in (reader.classifier, build_classifier(CLASSIFIER, site_fit=fit)):
        assert classifier.log_odds(bright_dot(), LESION.box) == pytest.approx(
            2.0 * uncalibrated - 1.0
        )


def test_a_prevalence_moves_on_from_the_fit_s_own() -> None:
    same, rarer = (build_reader(prevalence=share, site_fit=FIT) for share in (0.2, 0.02))
    assert same.operating_point == pytest.approx(operating_point(PACKAGE, None, FIT), abs=1e-9)
    moved = rarer.classifier.log_odds(bright_dot(), LESION.box) - same.classifier.log_odds(
        bright_dot(), LESION.box
    )
    assert moved == pytest.approx(logit(0.02) - logit(0.2))
    assert rarer.operating_point == operating_point(PACKAGE, 0.02, FIT)
    assert rarer.description.models[1].endswith("calibrated here on 214 lesions, prevalence 0.02")


@pytest.mark.parametrize(
    "other", [{"version": "0.0.9"}, {"sha256": "0" * 64}, {"package": "another"}]
)
def test_a_fit_to_other_weights_is_refused_with_what_to_do(other: dict[str, str]) -> None:
    fit = replace(FIT, **other)
    for build in (
        lambda: build_reader(site_fit=fit),
        lambda: build_classifier(CLASSIFIER, site_fit=fit),
        lambda: operating_point(PACKAGE, site_fit=fit),
    ):
        with pytest.raises(ModelPackageError, match=r"probability CASES\.csv.*--back"):
            build()


def test_why_is_asked_of_the_same_fit() -> None:
    """The explainer refuses to explain a probability that is not its own."""
    probability = build_reader(site_fit=FIT).classifier.probability(bright_dot(), LESION.box)
    shown = published(1, Finding(LESION, probability, Suspicion.HIGH), pixels=bright_dot())
    assert len(list(islice(build_explainer(site_fit=FIT).explain(shown, 1), 2))) == 2
    with pytest.raises(ModelPackageError, match="expected the same"):
        list(islice(build_explainer().explain(shown, 1), 2))

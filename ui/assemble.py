"""The one place that picks the concrete parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import cv2

from senoscope.domain.reading import OperatingPoint, ReaderDescription
from senoscope.domain.spans import Spans, no_spans
from senoscope.models.classifier import Classifier
from senoscope.models.engines.ways import USUAL, Way
from senoscope.models.package import CLASSIFIER, SEGMENTER, ModelPackage, load_package
from senoscope.models.prevalence import PrevalenceShift
from senoscope.models.programmed.breast_mri.analysis import MriSettings
from senoscope.models.reader import UltrasoundReader
from senoscope.models.segmenter import Segmenter
from senoscope.realtime.worker import BuildReader
from senoscope.ui.calibration.site_calibration import SiteFit, calibrated
from senoscope.ui.live.why import Explainer
from senoscope.ui.network_folders import breast_mri_networks, mammography_networks

if TYPE_CHECKING:
    from senoscope.models.network_card import NetworkCard
    from senoscope.studies.exams.exam_store import ExamStore
    from senoscope.studies.modes.mode import Mode
    from senoscope.studies.modes.ultrasound_clip import OpenClips
    from senoscope.ui.studies.study_desk import StudyDesk


def build_reader(
    way: Way = USUAL,
    segmenter: Path = SEGMENTER,
    classifier: Path = CLASSIFIER,
    prevalence: float | None = None,
    site_fit: SiteFit | None = None,
) -> UltrasoundReader:
    """A reader from two package folders. ModelPackageError or EngineUnavailable says why not.

    `prevalence` is the site's share of malignant lesions; SettingsError where it cannot be one.
    Without `site_fit` it reads as shipped; ModelPackageError too where that is of other weights.
    """
    # One thread reads: OpenCV's own pool would only take the other cores from the picture.
    cv2.setNumThreads(1)
    unet, googlenet = load_package(segmenter), load_package(classifier)
    looks_again = build_classifier(classifier, way, prevalence, site_fit)
    here = "" if site_fit is None else f", {site_fit.in_words}"
    return UltrasoundReader(
        segmenter=build_segmenter(segmenter, way),
        classifier=looks_again,
        description=ReaderDescription(
            engine=way.title,
            models=(unet.title, googlenet.title + here + _at_prevalence(prevalence)),
            operating_point=looks_again.operating_point,
            server="" if way.server is None else way.server.address,
            fallback="" if way.fallback is None else way.fallback.title,
        ),
    )


def build_segmenter(folder: Path, way: Way = USUAL) -> Segmenter:
    """A segmenter from its package's folder; raises as `build_reader` does."""
    package = load_package(folder)
    return Segmenter(way.load(package), package)


def build_classifier(
    folder: Path,
    way: Way = USUAL,
    prevalence: float | None = None,
    site_fit: SiteFit | None = None,
) -> Classifier:
    """A classifier from its package's folder; raises as `build_reader` does."""
    package = _fitted(load_package(folder), site_fit)
    return Classifier(way.load(package), package, prevalence)


def build_explainer(
    way: Way = USUAL,
    classifier: Path = CLASSIFIER,
    prevalence: float | None = None,
    site_fit: SiteFit | None = None,
) -> Explainer:
    """Of what `build_reader` makes of the same. Nothing is loaded before the first question."""
    return Explainer(partial(build_classifier, classifier, way, prevalence, site_fit))


def study_modes(
    reads: BuildReader,
    mri_settings: MriSettings | None = None,
    open_clips: OpenClips | None = None,
) -> tuple[Mode, ...]:
    """What reads studies; ultrasound with the reader that `reads` makes of SEGMENTER."""
    # Here, since pydicom takes a quarter of a second, which a live exam need not wait for.
    from senoscope.studies.modes.breast_mri import BreastMri  # noqa: PLC0415
    from senoscope.studies.modes.mammography import Mammography  # noqa: PLC0415
    from senoscope.studies.modes.ultrasound_clip import UltrasoundClip  # noqa: PLC0415

    ultrasound = UltrasoundClip(reads, load_package(SEGMENTER).size)
    return (
        ultrasound if open_clips is None else replace(ultrasound, open_clips=open_clips),
        Mammography(mammography_networks()),
        BreastMri(mri_settings or MriSettings(), networks=breast_mri_networks()),
    )


def models_of_modes(
    prevalence: float | None, site_fit: SiteFit | None, mri_settings: MriSettings
) -> dict[str, str]:
    """By mode, all that makes it read otherwise but the engine: an archive is read once by each."""
    from senoscope.models.breast_mri_card import installed_breast_mri_cards  # noqa: PLC0415
    from senoscope.models.mammogram_card import installed_mammogram_models  # noqa: PLC0415
    from senoscope.studies.modes.breast_mri import BreastMri  # noqa: PLC0415 - as above
    from senoscope.studies.modes.mammography import Mammography  # noqa: PLC0415
    from senoscope.studies.modes.ultrasound_clip import UltrasoundClip  # noqa: PLC0415

    outlines, scores = load_package(SEGMENTER), load_package(CLASSIFIER)
    mammograms = installed_mammogram_models(mammography_networks()).clinical
    volumes, _ = installed_breast_mri_cards(breast_mri_networks())
    return {
        UltrasoundClip.name: f"{outlines.title}, {scores.title}, {prevalence}, {site_fit}",
        Mammography.name: _titles(mammograms),
        BreastMri.name: f"{mri_settings}, {_titles(volumes)}",
    }


def _titles(cards: Sequence[NetworkCard]) -> str:
    return "; ".join(sorted(f"{each.title} {each.sha256}" for each in cards))


def build_study_desk(
    reads: BuildReader,
    folder: Path,
    store: ExamStore,
    reads_alone: bool = False,
    destinations: Sequence[str] = (),
    key_file: Path | None = None,
    spans: Spans = no_spans,
) -> StudyDesk:
    """What the studies page asks, over `store`; what is sent to it waits in `folder`."""
    from senoscope.studies.study_intake import StudyIntake  # noqa: PLC0415 - as above
    from senoscope.ui.studies.study_desk import StudyDesk  # noqa: PLC0415
    from senoscope.ui.studies.study_jobs import StudyJobs  # noqa: PLC0415
    from senoscope.ui.studies.study_uploads import StudyUploads  # noqa: PLC0415

    intake = StudyIntake(store, study_modes(reads), spans)
    jobs = StudyJobs(intake, intake.read_again)
    return StudyDesk(store, jobs, StudyUploads(folder), reads_alone, destinations, key_file)


def operating_point(
    classifier: ModelPackage, prevalence: float | None = None, site_fit: SiteFit | None = None
) -> OperatingPoint:
    """Where the classifier's probability becomes a word, without loading its weights."""
    package = _fitted(classifier, site_fit)
    point = OperatingPoint(package.setting("low_below"), package.setting("high_from"))
    if prevalence is None:
        return point
    return PrevalenceShift(package.setting("prevalence"), prevalence).operating_point(point)


def _fitted(package: ModelPackage, site_fit: SiteFit | None) -> ModelPackage:
    return package if site_fit is None else calibrated(package, site_fit)


def _at_prevalence(prevalence: float | None) -> str:
    return "" if prevalence is None else f", prevalence {prevalence:g}"

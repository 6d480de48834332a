"""All that is said of a study before it is read: headers, edges of mammograms, phases of MRI."""

from __future__ import annotations

from collections.abc import Iterable

from senoscope.domain.errors import SourceUnavailable
from senoscope.studies.files.study_limits import LeftOut
from senoscope.studies.images.series import Study
from senoscope.studies.mri.mri_facts import mri_facts
from senoscope.studies.mri.mri_slices import is_mri
from senoscope.studies.mri.phase_table import phase_table_of
from senoscope.studies.quality.quality_fact import Fact
from senoscope.studies.quality.study_quality import StudyQuality, quality_of
from senoscope.studies.quality.tissue_edge import edges_of


def whole_quality(study: Study, left_out: Iterable[LeftOut] = ()) -> StudyQuality:
    """As `quality_of`; of pixels, mammograms and samples of MRI are looked at."""
    return quality_of(study, left_out, edges_of(study), _phases(study))


def _phases(study: Study) -> tuple[Fact, ...]:
    if not any(map(is_mri, study.images)):
        return ()
    try:
        return mri_facts(phase_table_of(study))
    except SourceUnavailable as error:  # too much of it: what reads it says so too
        return (Fact("fault", "missing", str(error)),)

"""What a reader study found, as frozen values: everything that a dashboard or an export shows.

A case is one breast of one exam; an exam where nobody named a side is one case. A case has a
cancer where pathology of it says malignant. Figures are of the cases with an outcome; every
interval is of 95 % and takes both breasts and all exams of a patient for dependent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from senoscope.domain.reader_log import Said
from senoscope.models.evaluation.calibration_error import ReliabilityBin
from senoscope.models.evaluation.comparison import Difference
from senoscope.models.evaluation.metrics import Estimate


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How many are in no figure of accuracy, and why, as a key.

    Of cases: "no_outcome", "cancer_without_a_side". Of exams: "outcome_without_a_read". Of entries:
    "corrected" (a later one took its place), "whole_exam_beside_sides" (a read without a side
    where others name one), "known_cancer" (BI-RADS 6), "unknown_category", "says_nothing" (neither
    a probability nor a category).
    """

    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class Counted:
    """What the log held. `first` and `last`: when its first and last entry were written."""

    entries: int
    patients: int
    exams: int
    cases: int
    with_outcome: int
    cancers: int
    first: datetime | None
    last: datetime | None
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class ReaderFigures:
    """Of one reader or AI in one role on the cases that have an outcome.

    `auc` is None with fewer than two patients of a class; `roc`: [1 - specificity, sensitivity]
    from (0, 0) to (1, 1). `ordered_by` and `called_by`: "probability", "BI-RADS" or "both" (some
    cases have only the one, some only the other). Called: BI-RADS 4, 5 and 0, or a probability
    above CALLED_ABOVE, where category 4 begins.
    """

    by: str
    said: Said
    n: int
    patients: int
    cancers: int
    ordered_by: str
    called_by: str
    auc: Estimate | None
    sensitivity: Estimate
    specificity: Estimate
    roc: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class MeanArea:
    """Mean AUC of several readers in one role, for readers and patients not seen yet.

    Obuchowski & Rockette 1995 with Hillis' degrees of freedom (2007), `ci` by Student's t with
    `freedom`. `readers` who read all `n` cases; `covariance`: of two readers' errors on the same
    cases, `reader_variance` that between the readers' AUCs.
    """

    said: Said
    value: float
    ci: tuple[float, float]
    freedom: float
    readers: int
    n: int
    patients: int
    cancers: int
    reader_variance: float
    covariance: float


@dataclass(frozen=True, slots=True)
class AreaDifference:
    """Mean AUC of `one` minus that of `other`, same readers and cases; as `MeanArea`.

    `one` and `other` are roles ("reader with AI") or an AI's name. `p` is two-sided, of no
    difference.
    """

    one: str
    other: str
    value: float
    ci: tuple[float, float]
    p: float
    freedom: float
    readers: int
    n: int
    patients: int
    cancers: int


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """One reader's AUC with the AI minus alone, on the cases that she read both ways."""

    by: str
    difference: Difference
    cancers: int


@dataclass(frozen=True, slots=True)
class AgreementFigure:
    """Kappa of two readers or more (`between`), on the cases that all of them read.

    `kind`: "Cohen" and "Fleiss" on called or not, "weighted" (quadratic) on five categories, from
    1 to 3 up to 5. `share`: of cases (Fleiss: of cases' pairs of readers) that agree.
    """

    between: tuple[str, ...]
    said: Said
    kind: str
    kappa: Estimate
    share: float


@dataclass(frozen=True, slots=True)
class CalibrationFigures:
    """Of probabilities: logit(outcome) = intercept + slope * logit(probability).

    `in_the_large`: the intercept with the slope held at 1: 0 best, above 0 where too few cancers
    are predicted. `expected` is the sum of probabilities. None where the cancers are too few.
    """

    by: str
    said: Said
    n: int
    cancers: int
    brier: Estimate
    brier_of_prevalence: float
    expected: float
    slope: Estimate | None
    in_the_large: Estimate | None
    bins: tuple[ReliabilityBin, ...]


@dataclass(frozen=True, slots=True)
class CalibrationPeriod:
    """One month ("2025-03") or one scanner of one AI. `ratio`: cancers over those expected.

    `mean_logit` and `sd_logit` are of all its exams, with an outcome or not.
    """

    by: str
    period: str
    exams: int
    n: int
    cancers: int
    expected: float
    ratio: Estimate | None
    brier: float | None
    mean_logit: float
    sd_logit: float


@dataclass(frozen=True, slots=True)
class DriftPoint:
    """After one exam: the sums that grow when logits are above (`up`) or below (`down`)."""

    at: datetime
    exam: str
    up: float
    down: float


@dataclass(frozen=True, slots=True)
class DriftAlarm:
    """Which exam raised it (`place` in the trace's points), and which way: "up" or "down".

    `since` is the place where the sum last left 0: the estimate of when it began.
    """

    at: datetime
    exam: str
    place: int
    direction: str
    since: int


@dataclass(frozen=True, slots=True)
class DriftTrace:
    """One AI on one scanner, exam after exam, against the reference window.

    `kind`: "logit" (of the AI's scores, at once) or "outcome" (of calibration, as outcomes come).
    `limit`: a sum above it alarms and starts again from 0. `reference`: how many exams the window
    holds; `own_reference` False: those of all scanners, as this one had too few there.
    """

    by: str
    scanner: str
    kind: str
    reference: int
    own_reference: bool
    limit: float
    points: tuple[DriftPoint, ...]
    alarms: tuple[DriftAlarm, ...]


@dataclass(frozen=True, slots=True)
class NotWatched:
    """An AI whose drift cannot be told yet: `have` of the `needed`.

    `kind` "logit" counts exams, "outcome" cancers in the reference window.
    """

    by: str
    kind: str
    have: int
    needed: int


@dataclass(frozen=True, slots=True)
class OverrideTally:
    """One reader's overrides with one reason ("" where none was given).

    `of_cancers` and `of_others` are those whose outcome is known.
    """

    by: str
    reason: str
    count: int
    of_cancers: int
    of_others: int


@dataclass(frozen=True, slots=True)
class ReaderStudy:
    """All of it."""

    counted: Counted
    figures: tuple[ReaderFigures, ...]
    means: tuple[MeanArea, ...]
    differences: tuple[AreaDifference, ...]
    pairs: tuple[PairedDifference, ...]
    agreement: tuple[AgreementFigure, ...]
    calibration: tuple[CalibrationFigures, ...]
    by_month: tuple[CalibrationPeriod, ...]
    by_scanner: tuple[CalibrationPeriod, ...]
    drift: tuple[DriftTrace, ...]
    not_watched: tuple[NotWatched, ...]
    overrides: tuple[OverrideTally, ...]

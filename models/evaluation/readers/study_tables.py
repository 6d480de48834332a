"""A reader study as JSON and as tables with a dictionary of their columns."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, is_dataclass
from datetime import datetime
from io import StringIO
from typing import Any

from senoscope.models.evaluation.comparison import Difference
from senoscope.models.evaluation.metrics import Estimate
from senoscope.models.evaluation.readers.reader_study import ReaderStudy
from senoscope.models.evaluation.readers.reader_with_network import JoinedStudy

DICTIONARY = "columns"
"""The name of the table that explains all others."""
_CI = "95 % interval, taking all of one patient for dependent"
MEANINGS: Mapping[str, str] = {
    "alarm": "1 where this exam raised an alarm, else 0",
    "alone": "AUC of the reader alone; mean of all readers where reader is empty",
    "at": "when, ISO 8601 with zone",
    "auc": "area under the ROC curve",
    "between": "the readers compared, with ' | ' between them",
    "bin": "number of the bin, by rising probability",
    "brier": "mean squared gap of probability and outcome: 0 best",
    "brier_of_prevalence": "what the share of cancers, said of everyone, would get",
    "by": "reader, or AI with its version",
    "called_by": "what a case is called by: BI-RADS (0, 4, 5), probability (above 0.02), both",
    "cancers": "cases with a cancer",
    "count": "how many",
    "covariance": "of two readers' errors on the same cases",
    "difference": "AUC with the AI minus alone",
    "direction": "up or down",
    "down": "sum that grows where logits (or cancers) are below the reference",
    "exam": "pseudonym of the exam",
    "exams": "exams that the AI read, with an outcome or not",
    "expected": "sum of the probabilities",
    "false_positive_rate": "1 - specificity",
    "fitted": "AUC of reader and network, weights fitted on other patients",
    "fitted_gain": "fitted minus alone, paired",
    "fitted_over_network": "fitted minus the network alone, paired",
    "freedom": "Hillis' degrees of freedom; empty: infinite",
    "frequency": "share of cancers",
    "in_the_large": "intercept with the slope held at 1: 0 best",
    "kappa": "agreement beyond chance",
    "kind": "which kappa; of drift: of the logit or of the outcome",
    "limit": "a sum above it alarms",
    "mean_logit": "mean of exams' mean logits",
    "n": "cases (breasts) with an outcome",
    "network": "the network joined with the reader",
    "of_cancers": "of these, on cases with a cancer",
    "of_network": "AUC of the network alone",
    "of_others": "of these, on cases without one",
    "one": "whose mean AUC comes first in the difference",
    "ordered_by": "what the ROC curve orders by",
    "other": "whose mean AUC is taken from it",
    "own_reference": "1: this scanner's own exams; 0: those of all scanners",
    "p": "two-sided, of no difference",
    "patients": "patients among the cases",
    "period": "month, or scanner",
    "place": "number of the exam in its trace, from 0",
    "probability": "mean probability",
    "ranks": "AUC of the mean of reader's and network's ranks",
    "ranks_gain": "ranks minus alone, paired",
    "ranks_over_network": "ranks minus the network alone, paired",
    "ratio": "cancers over those expected",
    "reader": "reader; empty: mean of all",
    "reader_variance": "between the readers' AUCs",
    "readers": "how many readers",
    "reason": "why, as a key or in the reader's words",
    "reference": "exams in the reference window",
    "said": "in which role: reader alone, reader with AI, AI",
    "scanner": "on which scanner; empty: all",
    "sd_logit": "standard deviation of exams' mean logits",
    "sensitivity": "share of cancers that were called",
    "share": "share of cases that agree",
    "since": "place where the sum last left 0: when the change may have begun",
    "slope": "of the outcome's log odds on those given: 1 best",
    "specificity": "share of the others that were not called",
    "true_positive_rate": "sensitivity",
    "up": "sum that grows where logits (or cancers) are above the reference",
    "value": "the figure",
}
Row = dict[str, Any]


def study_json(study: ReaderStudy, joined: JoinedStudy | None) -> dict[str, Any]:
    """As what JSON holds: times in ISO 8601, an infinite number null."""
    made = {"study": asdict(study), "joined": None if joined is None else asdict(joined)}
    plain: dict[str, Any] = _plain(made)
    return plain


def study_tables(study: ReaderStudy, joined: JoinedStudy | None) -> dict[str, str]:
    """CSV text by the table's name; `columns` says what each column holds. None without rows."""
    tables = {
        "left_out": _rows(study.counted.left_out),
        "figures": _rows(study.figures, without=("roc",)),
        "roc": _curves(study),
        "means": _rows(study.means),
        "differences": _rows(study.differences),
        "pairs": _rows(study.pairs),
        "agreement": _rows(study.agreement),
        "calibration": _rows(study.calibration, without=("bins",)),
        "reliability": _bins(study),
        "by_month": _rows(study.by_month),
        "by_scanner": _rows(study.by_scanner),
        "drift": _traces(study),
        "alarms": _alarms(study),
        "overrides": _rows(study.overrides),
    }
    if joined is not None:
        tables["joined"] = _rows((*joined.means, *joined.pairs))
    tables = {name: rows for name, rows in tables.items() if rows}
    said = [
        {"table": name, "column": column, "holds": _meaning(column)}
        for name, rows in tables.items()
        for column in rows[0]
    ]
    if said:
        tables[DICTIONARY] = said
    return {name: _csv(rows) for name, rows in tables.items()}


def _meaning(column: str) -> str:
    if column.endswith(("_low", "_high")):
        return f"{column.rpartition('_')[2]} end of the {_CI}"
    if column.endswith("_n"):
        return "how many it rests on"
    return MEANINGS[column]


def _rows(values: Sequence[Any], without: Sequence[str] = ()) -> list[Row]:
    """Each of the dataclasses as a row; an Estimate makes three columns."""
    return [_row(each, without) for each in values]


def _row(value: Any, without: Sequence[str]) -> Row:
    made: Row = {}
    for field in fields(value):
        name, of = field.name, getattr(value, field.name)
        if name in without:
            continue
        if name == "ci":
            made["value_low"], made["value_high"] = of
        elif _is_figure(value, name):
            made |= _figure(name, of)
        else:
            made[name] = " | ".join(of) if isinstance(of, tuple) else of
    return made


def _is_figure(value: Any, name: str) -> bool:
    kind = str(next(field.type for field in fields(value) if field.name == name))
    return kind.startswith(("Estimate", "Difference"))


def _figure(name: str, of: Estimate | Difference | None) -> Row:
    low, high = (None, None) if of is None else of.ci
    made: Row = {name: None if of is None else of.value, f"{name}_low": low, f"{name}_high": high}
    if isinstance(of, Difference):
        made |= {"p": of.p, "n": of.n, "patients": of.patients}
    return made


def _curves(study: ReaderStudy) -> list[Row]:
    return [
        {"by": of.by, "said": of.said, "false_positive_rate": x, "true_positive_rate": y}
        for of in study.figures
        for x, y in of.roc
    ]


def _bins(study: ReaderStudy) -> list[Row]:
    return [
        {
            "by": of.by, "said": of.said, "bin": number, "probability": one.probability,
            **_figure("frequency", one.frequency), "n": one.frequency.n,
        }
        for of in study.calibration
        for number, one in enumerate(of.bins, start=1)
    ]  # fmt: skip


def _traces(study: ReaderStudy) -> list[Row]:
    made = []
    for trace in study.drift:
        alarmed = {alarm.place for alarm in trace.alarms}
        made += [
            {
                "by": trace.by, "scanner": trace.scanner, "kind": trace.kind, "place": place,
                "at": point.at, "exam": point.exam, "up": point.up, "down": point.down,
                "limit": trace.limit, "alarm": int(place in alarmed),
                "reference": trace.reference, "own_reference": int(trace.own_reference),
            }
            for place, point in enumerate(trace.points)
        ]  # fmt: skip
    return made


def _alarms(study: ReaderStudy) -> list[Row]:
    return [
        {"by": trace.by, "scanner": trace.scanner, "kind": trace.kind, **_row(alarm, ())}
        for trace in study.drift
        for alarm in trace.alarms
    ]


def _csv(rows: Sequence[Row]) -> str:
    text = StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    return text.getvalue()


def _cell(value: Any) -> Any:
    """Empty for what is not there or not finite."""
    plain = _plain(value)
    return "" if plain is None else plain


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, float):
        return float(f"{value:.6g}") if math.isfinite(value) else None
    return value

"""`senoscope calibrate probability`: fit the probability to the site's own reviewed cases."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from senoscope import __version__
from senoscope.calibration.probability import Lesions, Refit, before_and_after, refit
from senoscope.domain.errors import DataSetError, SettingsError
from senoscope.models.evaluation.kept_figures import (
    as_json,
    difference_cell,
    estimate_cell,
    json_text,
    table,
)
from senoscope.models.evaluation.platt_fit import PlattFit
from senoscope.models.package import CLASSIFIER, ModelPackage, load_package
from senoscope.ui.assemble import build_reader
from senoscope.ui.calibration.site_calibration import (
    SiteCalibration,
    SiteFit,
    calibrated,
    calibration_file,
    checksum,
    load_calibration,
    save_calibration,
)
from senoscope.ui.commands.reviewed_cases import LookedAt, look_at, read_cases
from senoscope.ui.engine_record import chosen_way
from senoscope.ui.written import write_text

PICTURE = Path("reliability.svg")
FEWER_KEPT = (
    "MORE malignant lesions are called low than before. The limits keep 95 % of those fitted to."
)
NEXT_START = "It is in force from the next start of `senoscope live`."


def probability(
    cases: Annotated[
        Path | None,
        typer.Argument(help="A CSV: patient, image, malignant (0 or 1), and maybe a box."),
    ] = None,
    back: Annotated[
        bool, typer.Option("--back", help="Go back to the fit before, or as shipped.")
    ] = False,
    show: Annotated[bool, typer.Option("--show", help="Say what is in force.")] = False,
    report: Annotated[
        Path | None,
        typer.Option(
            dir_okay=False, help="A JSON file to write all figures into; the plot goes beside it."
        ),
    ] = None,
    engine: Annotated[str, typer.Option(help="As in `senoscope live`.")] = "auto",
) -> None:
    """Fit the probability to this site's reviewed cases, show it, or go back."""
    if sum((cases is not None, back, show)) != 1:
        raise SettingsError(
            "Expected one of a CSV of reviewed cases, --show and --back. Give one of them."
        )
    if report is not None and report.suffix.lower() == PICTURE.suffix:
        raise SettingsError(
            f"--report {report} would be overwritten by the plot beside it. Let it end in .json."
        )
    package, kept = load_package(CLASSIFIER), load_calibration(calibration_file())
    if cases is not None:
        _refit(cases, package, kept, report, engine)
        return
    if back:
        kept = kept.back(package)
        save_calibration(kept, calibration_file())
    typer.echo(_in_force(package, kept.fit))
    if back:
        typer.echo(NEXT_START)


def _refit(
    cases: Path, package: ModelPackage, kept: SiteCalibration, report: Path | None, engine: str
) -> None:
    looked, said = _looked_at(cases, engine)
    found = [each for each in looked if each.logit is not None]
    if not found:
        raise DataSetError(
            f"No lesion was found in any of {len(looked)} images; expected ultrasound of breasts "
            "with lesions. Give others, or their boxes."
        )
    missed = [each for each in looked if each.logit is None]
    lesions = Lesions(
        np.array([each.logit for each in found], dtype=np.float64),
        np.array([each.case.malignant for each in found], dtype=np.bool_),
        [each.case.patient for each in found],
    )
    typer.echo(_counted(lesions, missed))
    present, called = _present(package, kept.fit)
    made = refit(lesions, present)
    figures = _figures(made, missed)
    typer.echo(_figures_table(figures, called))
    if made.after.sensitivity.value < made.before.sensitivity.value:
        typer.echo(FEWER_KEPT)
    picture = PICTURE if report is None else report.with_suffix(PICTURE.suffix)
    write_text(picture, before_and_after(made))
    typer.echo(f"Reliability before and after: {picture}")
    today = datetime.now(UTC).date().isoformat()
    if report is not None:
        about = {"senoscope": __version__, "date": today, "before": called, **said}
        write_text(report, json_text({**about, "kept": made.is_better, **figures}))
        typer.echo(f"Written to {report}")
    if not made.is_better:
        raise DataSetError(
            f"The new fit is not kept: on patients it was not fitted to, its Brier score is "
            f"{made.after.brier.value:.4f}, that of the one in force {made.before.brier.value:.4f}"
            "; expected lower. Leave all as it is, or add reviewed cases."
        )
    fit = SiteFit(
        package.name, package.version, checksum(package), made.fit, len(lesions),
        lesions.patient_count, today, {"before": called, **said, **as_json(figures)},
    )  # fmt: skip
    save_calibration(kept.with_fit(fit), calibration_file())
    typer.echo(f"Kept in {calibration_file()}. {_in_force(package, fit)}\n{NEXT_START}")


def _looked_at(cases: Path, engine: str) -> tuple[list[LookedAt], dict[str, Any]]:
    """All cases, and what read them, which no calibration has a part in."""
    every = read_cases(cases)
    reader = build_reader(chosen_way(engine, _say).way)
    with typer.progressbar(
        look_at(every, reader), length=len(every), label="Cases read", file=sys.stderr
    ) as progress:
        looked = list(progress)
    description = reader.description
    return looked, {"engine": description.engine, "models": list(description.models)}


def _say(line: str) -> None:
    typer.echo(line, err=True)


def _counted(lesions: Lesions, missed: Sequence[LookedAt]) -> str:
    malignant = int(lesions.malignant.sum())
    text = f"{len(lesions)} lesions of {lesions.patient_count} patients, {malignant} malignant."
    if missed:
        of_them = sum(each.case.malignant for each in missed)
        text += (
            f" In {len(missed)} more images no lesion was found ({of_them} malignant): they are "
            "in no figure below."
        )
    return text


def _present(package: ModelPackage, fit: SiteFit | None) -> tuple[PlattFit, str]:
    """What a new fit has to be better than, and what it is called."""
    if fit is not None and fit.belongs_to(package):
        return PlattFit.of(calibrated(package, fit)), f"{package.title}, {fit.in_words}"
    return PlattFit.of(package), f"{package.title} as shipped"


def _figures(made: Refit, missed: Sequence[LookedAt]) -> dict[str, Any]:
    return {
        "lesions": len(made.lesions),
        "malignant": int(made.lesions.malignant.sum()),
        "patients": made.lesions.patient_count,
        "not_found": len(missed),
        "malignant_not_found": sum(each.case.malignant for each in missed),
        "present": made.before,
        "refitted": made.after,
        "brier_change": made.brier_change,
        "fit": made.fit,
    }


def _figures_table(figures: dict[str, Any], called: str) -> str:
    kept = as_json(figures)
    names = {
        "calibration_error": "calibration error",
        "brier": "Brier score",
        "sensitivity": 'sensitivity of "not low"',
        "specificity": 'specificity of "not low"',
    }
    rows = [
        (name, estimate_cell(kept["present"][key]), estimate_cell(kept["refitted"][key]))
        for key, name in names.items()
    ]
    rows.append(("Brier score, change", "", difference_cell(kept["brier_change"])))
    head = (f"n = {kept['lesions']}", f"before: {called}", "after, on patients not fitted to")
    return table(head, rows)


def _in_force(package: ModelPackage, fit: SiteFit | None) -> str:
    if fit is None:
        return f"In force: {package.title} as shipped.\n{_numbers(PlattFit.of(package))}"
    text = (
        f"In force: {fit.package} {fit.version}, {fit.in_words} of {fit.patients} patients, "
        f"{fit.date}.\n{_numbers(fit.fit)}"
    )
    if fit.belongs_to(package):
        return text
    return (
        f"{text}\nIt belongs to other weights than those of {package.title}, which will not read "
        "with it. Fit again, or go back with --back."
    )


def _numbers(fit: PlattFit) -> str:
    return (
        f"Probability: logistic of {fit.slope:.4f} times the logit {fit.intercept:+.4f}, where "
        f"{fit.prevalence:.1%} are malignant; low below {fit.low_below:.4f}, high from "
        f"{fit.high_from:.4f}."
    )

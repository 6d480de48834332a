"""`senoscope study`: what a folder of DICOM files holds, and what the AI makes of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from senoscope.domain.errors import SettingsError, SourceUnavailable
from senoscope.models.engines.ways import USUAL
from senoscope.models.package import CLASSIFIER, load_package
from senoscope.ui.assemble import build_reader, models_of_modes, operating_point, study_modes
from senoscope.ui.calibration.site_calibration import SiteFit, fit_in_force
from senoscope.ui.commands.archive_command import (
    ArchiveOptions,
    ReadsWith,
    read_archive,
    require_one_study,
    set_aside,
)
from senoscope.ui.commands.stopping import STOPPED, TERMINATED, ended_by_sigterm
from senoscope.ui.commands.store_command import Folder, Url
from senoscope.ui.engine_record import chosen_way

if TYPE_CHECKING:
    from senoscope.models.programmed.breast_mri.analysis import MriSettings
    from senoscope.studies.files.study_files import StudyFiles
    from senoscope.studies.files.study_limits import LeftOut
    from senoscope.studies.images.series import Study
    from senoscope.studies.modes.mode import Mode
    from senoscope.studies.quality.study_quality import StudyQuality
    from senoscope.studies.study_reading import StudyReading

study = typer.Typer(help="DICOM studies: what came, and what the AI reads.", no_args_is_help=True)

study.command("set-aside")(set_aside)

Given = Annotated[Path, typer.Argument(help="A folder, a zip, a DICOMDIR or a DICOM file.")]
WithoutPreamble = Annotated[
    bool, typer.Option("--without-preamble", help="Read also files without the DICOM preamble.")
]


@study.command()
def quality(
    path: Given,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list of studies.")] = False,
    without_preamble: WithoutPreamble = False,
) -> None:
    """What came, what is missing and what contradicts itself. Looks at few pixels."""
    # Here, since pydicom takes a quarter of a second, which other commands need not wait for.
    from senoscope.studies.files.study_files import StudyFiles  # noqa: PLC0415
    from senoscope.studies.whole_quality import whole_quality  # noqa: PLC0415

    with StudyFiles(path, without_preamble=without_preamble) as files:
        studies, left_out = _studies(files)
        facts = [whole_quality(each, left_out) for each in studies]
    if as_json:
        typer.echo(json.dumps([each.as_json() for each in facts], indent=1))
        return
    for number, each in enumerate(facts, 1):
        _say_quality(number, len(facts), each)


@study.command()
def read(
    paths: Annotated[
        list[Path],
        typer.Argument(
            help="A folder, a zip, a DICOMDIR or a DICOM file; with --cluster any number of "
            "folders, zips and files, of any number of studies.",
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            help="The new folder to write the results into; with --cluster it may be left out, "
            "and may have been written to before."
        ),
    ] = None,
    prevalence: Annotated[
        float | None,
        typer.Option(
            help="Share (0 to 1) of this site's lesions that are malignant; left out: as in "
            "training."
        ),
    ] = None,
    engine: Annotated[
        str, typer.Option(help="auto, or for example openvino-int8 (see `senoscope engines`).")
    ] = "auto",
    language: Annotated[str, typer.Option(help="The report's language: en or zh-CN.")] = "en",
    mri: Annotated[
        list[str] | None,
        typer.Option(
            help="A setting of breast MRI, such as early_percent=60 or register=false; can be "
            "given several times."
        ),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            help="Read an archive into the exam store, each study once: local, or the address of "
            "a Ray cluster."
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, max=10_000, help="With --cluster: how many; left out: one a core."),
    ] = None,
    url: Url = None,
    folder: Folder = None,
    *,
    again: Annotated[
        bool, typer.Option("--again", help="With --cluster: also what was set aside before.")
    ] = False,
    without_preamble: WithoutPreamble = False,
) -> None:
    """Read every study in PATH: report, measurements and outlines as DICOM, PDF, HTML and JSON."""
    options = ArchiveOptions(cluster, workers, url, folder, out, again)
    wanted = _Wanted(engine, prevalence, _mri_settings(mri or []), fit_in_force())
    # Asked for once here, so that a share that cannot be one is refused before anything is read.
    operating_point(load_package(CLASSIFIER), prevalence, wanted.fit)
    if cluster is None:
        path, into = require_one_study(paths, options)
        _read_all(path, into, wanted, language, without_preamble)
        return
    if without_preamble or language != "en":
        raise SettingsError(
            f"--{'without-preamble' if without_preamble else 'language'} was given with --cluster; "
            "expected it of one path alone. Leave it out, or leave out --cluster."
        )
    read_archive(paths, options, wanted.reads_with)


@dataclass(frozen=True)
class _Wanted:
    """How it is to be read."""

    engine: str
    prevalence: float | None
    mri: MriSettings
    fit: SiteFit | None

    def modes(self, needs_network: bool) -> Callable[..., tuple[Mode, ...]]:
        """Where no network reads, the engines need not be tried, for minutes."""
        say = partial(typer.echo, err=True)
        way = chosen_way(self.engine, say)[0] if needs_network else USUAL
        reads = partial(build_reader, way, prevalence=self.prevalence, site_fit=self.fit)
        return partial(study_modes, reads, self.mri)

    def reads_with(self, needs_network: bool) -> ReadsWith:
        """The same for the workers of an archive."""
        models = models_of_modes(self.prevalence, self.fit, self.mri)
        return ReadsWith(self.modes(needs_network), models)


def _read_all(
    path: Path, out: Path, wanted: _Wanted, language: str, without_preamble: bool
) -> None:
    from senoscope.studies.files.study_files import StudyFiles  # noqa: PLC0415
    from senoscope.studies.modes.ultrasound_clip import holds_ultrasound  # noqa: PLC0415
    from senoscope.studies.results.report_words import require_language  # noqa: PLC0415 - as above
    from senoscope.studies.results.write_results import require_empty  # noqa: PLC0415

    require_language(language)
    require_empty(out)
    try:
        with (
            ended_by_sigterm(TERMINATED),
            StudyFiles(path, without_preamble=without_preamble) as files,
        ):
            studies, left_out = _studies(files)
            needed = any(holds_ultrasound(each) for one in studies for each in one.series)
            modes = wanted.modes(needed)()
            read_any = False
            for number, one in enumerate(studies, 1):
                folder = out if len(studies) == 1 else out / f"study_{number}"
                place = number, len(studies)
                read_any |= _read_one(one, left_out, modes, folder, language, place)
    except KeyboardInterrupt:
        typer.echo("\nStopped; the study at hand was not written.", err=True)
        raise typer.Exit(STOPPED) from None
    if not read_any:
        raise typer.Exit(1)


def _mri_settings(given: list[str]) -> MriSettings:
    from senoscope.studies.modes.breast_mri import mri_settings_of  # noqa: PLC0415 - as above

    said: dict[str, object] = {}
    for each in given:
        name, _, value = each.partition("=")
        try:
            said[name] = json.loads(value)
        except ValueError:
            raise SettingsError(
                f"--mri {each[:40]} was given; expected NAME=VALUE, such as early_percent=60."
            ) from None
    return mri_settings_of(said)


def _read_one(
    one: Study,
    left_out: tuple[LeftOut, ...],
    modes: tuple[Mode, ...],
    folder: Path,
    language: str,
    place: tuple[int, int],
) -> bool:
    """False where it is none for any mode, and not the only one."""
    from senoscope.studies.modes.mode import fitting_modes  # noqa: PLC0415 - as above
    from senoscope.studies.results.identity import NOTICE  # noqa: PLC0415
    from senoscope.studies.results.write_results import write_results  # noqa: PLC0415
    from senoscope.studies.whole_quality import whole_quality  # noqa: PLC0415

    facts = whole_quality(one, left_out)
    _say_quality(*place, facts)
    try:
        fitting = fitting_modes(one, modes)
    except SourceUnavailable as error:
        if place[1] == 1:
            raise
        typer.echo(str(error))  # the other studies may fit
        return False
    for mode in fitting:
        reading = mode.read(one, _say_progress)
        assert reading is not None, "nobody cancelled"
        into = folder if len(fitting) == 1 else folder / mode.name
        if sys.stderr.isatty():
            typer.echo("", err=True)
        results = write_results(one, reading, into, quality=facts, language=language)
        _say_reading(reading)
        typer.echo(f"{len(results)} files in {into}. {NOTICE}")
    return True


def _studies(files: StudyFiles) -> tuple[tuple[Study, ...], tuple[LeftOut, ...]]:
    from senoscope.studies.images.series import read_studies  # noqa: PLC0415 - as above

    studies, left_out = read_studies(files)
    if not studies:
        why = " ".join(str(each) for each in left_out) or "There is no file."
        raise SourceUnavailable(
            f"No DICOM image was found. {why} Give a folder, a zip, a DICOMDIR or a file of a "
            "study."
        )
    return studies, left_out


def _say_quality(number: int, count: int, facts: StudyQuality) -> None:
    if count > 1:
        typer.echo(f"Study {number} of {count}")
    typer.echo(str(facts))


def _say_progress(share: float, words: str) -> None:
    """On one line of a terminal; a file has no use for it."""
    if sys.stderr.isatty():
        typer.echo(f"\r{words}, {share:4.0%}", nl=False, err=True)


def _say_reading(reading: StudyReading) -> None:
    from senoscope.studies.results.reading_lines import reading_lines  # noqa: PLC0415 - as above

    for line in reading_lines(reading):
        typer.echo(line)

"""Dynamic series of exams, read in the background, the last ones kept in memory."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Lock, Thread

from senoscope.domain.errors import SenoscopeError, SourceUnavailable
from senoscope.models.breast_mri_outline import NetworkOutline
from senoscope.studies.images.series import Study
from senoscope.studies.mri.dynamic_series import dynamic_series_of
from senoscope.studies.mri.kept_analysis import KeptAnalysis, kept_analysis_of
from senoscope.studies.mri.phase_changes import PhaseChanges, changes_of_json, corrected
from senoscope.studies.mri.phase_table import phase_table_of
from senoscope.studies.mri.phases import PhaseSet, PhaseTable
from senoscope.ui.mri.colour_maps import ColourMaps
from senoscope.ui.mri.cut_planes import CutSeries
from senoscope.ui.mri.plane_outlines import PlaneOutlines
from senoscope.ui.mri.plane_pictures import PlanePictures
from senoscope.ui.studies.lately_used import LatelyUsed

MOST_BYTES = 900 * 2**20
"""Of phases: two exams of six phases of 448 x 448 x 160."""
_TABLE_SHARE = 0.1

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MriSource:
    """What an exam is made of; `kept` is what was kept of each series that was read.

    `key` changes with files and results. `set_number` None: the set that was read, or the best.
    """

    exam: int
    key: tuple[str, ...]
    set_number: int | None
    study: Callable[[], Study] = field(compare=False, repr=False)
    kept: Callable[[], list[bytes]] = field(compare=False, repr=False)


class MriViews:
    """All that is made of one series; `networks` are the outlines of users' own."""

    def __init__(self, cut: CutSeries, networks: Sequence[NetworkOutline] = ()) -> None:
        self.cut, self.networks = cut, networks
        self.pictures, self.maps = PlanePictures(cut), ColourMaps(cut)
        self.outlines = None if cut.analysis is None else PlaneOutlines(cut, cut.analysis, networks)


@dataclass(frozen=True, eq=False, slots=True)
class LoadedMri:
    """`phases` and `views` None: no set can be read; the `table` says why."""

    table: PhaseTable
    phases: PhaseSet | None = None
    views: MriViews | None = None

    @property
    def nbytes(self) -> int:
        """Of the phases."""
        if self.views is None:
            return 0
        return sum(each.nbytes for each in self.views.cut.series.phases)


@dataclass(eq=False)
class _Load:
    """One that is under way."""

    share: float = 0.0
    error: SenoscopeError | None = None


class LoadedExams:
    """Any thread may ask. One series is read at a time, in the order in which they were asked."""

    def __init__(self) -> None:
        self._lock, self._turn = Lock(), Lock()
        self._loaded: LatelyUsed[MriSource, LoadedMri] = LatelyUsed(
            MOST_BYTES, lambda each: each.nbytes
        )
        self._loads: dict[MriSource, _Load] = {}

    def look(self, source: MriSource) -> LoadedMri | float:
        """What is loaded, or the share of it, 0 to 1; the first look begins. Errors of reading."""
        with self._lock:
            known = self._loaded.get(source)
            if known is not None:
                return known
            load = self._loads.get(source)
            if load is not None and load.error is not None:
                del self._loads[source]  # the next look tries anew
                raise load.error
            if load is None:
                load = self._begun(source)
            return load.share

    def _begun(self, source: MriSource) -> _Load:
        load = self._loads[source] = _Load()
        Thread(target=self._load, args=(source, load), name="senoscope-mri", daemon=True).start()
        return load

    def _load(self, source: MriSource, load: _Load) -> None:
        made: LoadedMri | None = None
        try:
            with self._turn:
                made = _loaded(source, load)
        except SenoscopeError as error:
            load.error = error
        except Exception:
            # Files may be hostile, and whoever waits must be told.
            log.exception("The series of an exam was not loaded")
            load.error = SourceUnavailable(
                "The series was not loaded because of a fault in the program; see the log."
            )
        with self._lock:
            if made is not None:
                self._loaded.put(source, made)
            if load.error is None:
                self._loads.pop(source, None)


def _loaded(source: MriSource, load: _Load) -> LoadedMri:
    """`load` is told how far it is."""
    kept = [kept_analysis_of(each) for each in source.kept()]
    table = phase_table_of(source.study())
    load.share = _TABLE_SHARE
    for each in kept:
        table = _as_read(table, each)
    number = source.set_number
    if number is None and kept:
        number = kept[0].phases.get("read")
    chosen = [each for each in table.readable if number is None or each.number == number]
    if not chosen:
        return LoadedMri(table)
    phases = chosen[0]

    def say(share: float, _words: str) -> None:
        load.share = _TABLE_SHARE + (1 - _TABLE_SHARE) * share

    series = dynamic_series_of(phases, say)
    assert series is not None, "nobody cancelled"
    own = next((each for each in kept if each.phases.get("read") == phases.number), None)
    if own is not None and own.analysis.tissue.shape != series.shape:
        raise SourceUnavailable(
            f"What was read of the series has {own.analysis.tissue.shape} voxels, the series "
            f"{series.shape}. Read the study again."
        )
    cut = CutSeries(series, None if own is None else own.analysis)
    return LoadedMri(table, phases, MriViews(cut, () if own is None else own.networks))


def _as_read(table: PhaseTable, kept: KeptAnalysis) -> PhaseTable:
    """With what a person had corrected of the set that was read."""
    if not kept.phases:
        return table
    changes = changes_of_json(kept.phases)
    own = tuple(each for each in changes.sets if each.set == kept.phases.get("read"))
    return corrected(table, PhaseChanges(own))

"""Reads of one reader or of several as arrays: orders, calls and categories."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from senoscope.domain.reader_log import Said
from senoscope.models.evaluation.by_patient import patient_numbers
from senoscope.models.evaluation.metrics import Bools, Floats
from senoscope.models.evaluation.readers.areas import Ints
from senoscope.models.evaluation.readers.read_cases import CALLED_RANK, RANKS, CaseTable, Read

CALLED_ABOVE = 0.02
"""BI-RADS category 4 begins above a probability of 2 % (ACR BI-RADS Atlas 2013)."""
BANDS = (0.02, 0.10, 0.50, 0.95)
"""Categories 4A, 4B, 4C and 5 begin above these, says the Atlas."""
BAND_RANKS = (RANKS["2"], RANKS["4A"], RANKS["4B"], RANKS["4C"], RANKS["5"])
CATEGORIES = len(BAND_RANKS)
PROBABILITY, BI_RADS, BOTH = "probability", "BI-RADS", "both"


@dataclass(frozen=True, eq=False)
class Outcomes:
    """Some cases of a table by their places, (n,) each; without an outcome `labels` are False."""

    places: Ints
    labels: Bools
    patient: Ints

    @classmethod
    def every(cls, table: CaseTable) -> Outcomes:
        """All cases. Patients are numbered among all, so that the same resamples fit all parts."""
        labels = np.array([bool(case.cancer) for case in table.cases], dtype=np.bool_)
        patient = patient_numbers([case.patient for case in table.cases])
        return cls(np.arange(len(labels)), labels, patient)

    @classmethod
    def known(cls, table: CaseTable) -> Outcomes:
        """Those with an outcome."""
        kept = np.array([case.cancer is not None for case in table.cases], dtype=np.bool_)
        return cls.every(table)._part(kept)

    def read_by(self, *reads: Mapping[int, Read]) -> Outcomes:
        """Only the cases that all of them read."""
        kept = np.array([all(place in one for one in reads) for place in self.places.tolist()])
        return self._part(kept.astype(np.bool_))

    def _part(self, kept: Bools) -> Outcomes:
        return Outcomes(self.places[kept], self.labels[kept], self.patient[kept])

    def reads(self, of: Mapping[int, Read]) -> list[Read]:
        """In the order of the places, all of which `of` has."""
        return [of[place] for place in self.places.tolist()]


def readers_of(table: CaseTable, said: Said) -> list[str]:
    """In alphabetical order."""
    return sorted(by for role, by in table.reads if role is said)


def order(reads: Sequence[Read]) -> tuple[str, Floats]:
    """By what they can be ordered, and (n,) numbers in that order."""
    if all(each.probability is not None for each in reads):
        return PROBABILITY, np.array([each.probability for each in reads], dtype=np.float64)
    ranks = np.array([_rank(each) for each in reads], dtype=np.float64)
    return (BI_RADS if all(each.rank is not None for each in reads) else BOTH), ranks


def calls(reads: Sequence[Read]) -> tuple[str, Bools]:
    """By what a case is called, the category before the probability, and (n,) whether it is."""
    with_rank = sum(each.rank is not None for each in reads)
    by = BI_RADS if with_rank == len(reads) else BOTH if with_rank else PROBABILITY
    return by, np.array([_rank(each) >= CALLED_RANK for each in reads], dtype=np.bool_)


def categories(reads: Sequence[Read]) -> Ints:
    """(n,): 0 for BI-RADS 1 to 3, 1 for 0 and 4A, 2 for 4 and 4B, 3 for 4C, 4 for 5."""
    edges = np.array([CALLED_RANK, RANKS["4B"], RANKS["4C"], RANKS["5"]])
    ranks = np.array([_rank(each) for each in reads], dtype=np.float64)
    return np.searchsorted(edges, ranks, side="right").astype(np.int64)


def _rank(read: Read) -> float:
    """Of its category, else of that which its probability would be."""
    if read.rank is not None:
        return read.rank
    # A read that says neither is left out where reads are made.
    return BAND_RANKS[bisect_left(BANDS, read.probability or 0.0)]

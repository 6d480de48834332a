"""What a study of an archive is known by: what it holds, and what reads it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path

from senoscope import __version__
from senoscope.domain.errors import SourceUnavailable
from senoscope.studies.exams.content_files import digest_of
from senoscope.studies.exams.tables import json_text
from senoscope.studies.files.study_files import open_plain

EVERY_MODE = ""
"""Stands for a study that all modes which read it have read."""


def content_of(paths: Iterable[Path]) -> str:
    """Of all the files' bytes; neither their order, names, places nor copies count.

    SourceUnavailable where one cannot be read.
    """
    hashes = set()
    for path in paths:
        try:
            with open_plain(path) as file:
                hashes.add(digest_of(file)[0])
        except OSError as error:
            raise SourceUnavailable(
                f"A file of the study can be read no further ({error.strerror}). See that it is "
                "there and may be opened; it is tried again at the next run."
            ) from None
    return sha256("".join(sorted(hashes)).encode()).hexdigest()


def task_key(content: str, mode: str, models: Mapping[str, str] | str) -> str:
    """Of that content, read by that mode with those models by this version of Senoscope."""
    said = dict(models) if isinstance(models, Mapping) else models
    return sha256(json_text([content, mode, said, __version__]).encode()).hexdigest()

"""What is remembered between starts: the last source and what is shown of each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from platformdirs import user_config_path, user_pictures_path

from senoscope.domain.errors import SettingsError
from senoscope.realtime.sources.framing import Framing, parse_framing
from senoscope.ui.frames.overlay import USUAL_AGES, MaskAges
from senoscope.ui.written import write_text


@dataclass(frozen=True, slots=True)
class Settings:
    """`source` None: no source was ever started. `framings` by the source they belong to.

    Sources are named in their normal form, which holds no password. `aligned`: frames wait for
    their own readings. The rest is set by hand in the file. `ages`: when an outline is hatched, and
    when it is gone, as "hatched_after_ms" and "gone_after_ms". `reads_alone`: studies are read
    without the AI first. `store`: the URL of the exam store's database, None: this user's own.
    `receive`: how studies are taken by C-STORE, as `ReceiverSettings`; None: they are not.
    """

    source: str | None = None
    framings: Mapping[str, Framing] = field(default_factory=lambda: MappingProxyType({}))
    aligned: bool = False
    ages: MaskAges = USUAL_AGES
    reads_alone: bool = False
    store: str | None = None
    receive: Mapping[str, Any] | None = None

    def with_source(self, source: str, framing: Framing) -> Settings:
        """The same settings after `source` was started in that framing."""
        return replace(self, source=source, framings={**self.framings, source: framing})


def settings_file() -> Path:
    """Where settings are kept for this user."""
    return user_config_path("senoscope", appauthor=False) / "settings.json"


def snapshot_folder() -> Path:
    """Where snapshots go unless another folder is given."""
    return user_pictures_path() / "Senoscope"


def load_settings(path: Path) -> Settings:
    """Settings of an earlier start; the defaults where there are none.

    SettingsError when the file is there and not understood: it is never silently replaced.
    """
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        source, areas = stored["source"], stored["scan_areas"]
        if not (source is None or isinstance(source, str)):
            raise TypeError(f"source is {source!r}")
        aligned = stored.get("aligned", False)
        if not isinstance(aligned, bool):
            raise TypeError(f"aligned is {aligned!r}")
        reads_alone, store = stored.get("reads_alone", False), stored.get("store")
        if not (isinstance(reads_alone, bool) and (store is None or isinstance(store, str))):
            raise TypeError(f"reads_alone is {reads_alone!r}, store a {type(store).__name__}")
        receive = stored.get("receive")
        if not (receive is None or isinstance(receive, dict)):
            raise TypeError(f"receive is a {type(receive).__name__}")
        found = {name: parse_framing(text) for name, text in areas.items()}
        return Settings(source, found, aligned, _ages(stored), reads_alone, store, receive)
    except FileNotFoundError:
        return Settings()
    except (OSError, KeyError, TypeError, AttributeError, ValueError, SettingsError) as error:
        raise SettingsError(
            f"The settings in {path} are not understood ({error}). Mend the file, or remove it "
            "to start with the defaults."
        ) from error


def save_settings(settings: Settings, path: Path) -> None:
    """Keep settings for this user's next start, whole or not at all. StorageError says why not."""
    stored = {
        "source": settings.source,
        "scan_areas": {name: str(each) for name, each in settings.framings.items()},
        "aligned": settings.aligned,
        "hatched_after_ms": settings.ages.hatched_after_ms,
        "gone_after_ms": settings.ages.gone_after_ms,
        "reads_alone": settings.reads_alone,
        "store": settings.store,
        "receive": None if settings.receive is None else dict(settings.receive),
    }
    write_text(path, json.dumps(stored, indent=2, ensure_ascii=False), private=True)


def _ages(stored: Mapping[str, object]) -> MaskAges:
    """As before where a file of an earlier version has none."""
    limits = asdict(USUAL_AGES)
    for name in limits:
        limit = stored.get(name, limits[name])
        if isinstance(limit, bool) or not isinstance(limit, int | float):
            raise TypeError(f"{name} is {limit!r}")
        limits[name] = float(limit)
    return MaskAges(**limits)

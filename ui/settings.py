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
    `store_folder`: the folder of its files, None: this user's own. `receive`: how studies are taken
    by C-STORE, as `ReceiverSettings`; None: they are not. `room`: this room's name on the board of
    rooms; None: it is not told of. `metrics`: who may ask for them without a login, as
    `scrape_token` says; None: nobody. `inference_server`: where one is and how it is asked, as
    `NamedServer`; None: none is.
    """

    source: str | None = None
    framings: Mapping[str, Framing] = field(default_factory=lambda: MappingProxyType({}))
    aligned: bool = False
    ages: MaskAges = USUAL_AGES
    reads_alone: bool = False
    store: str | None = None
    receive: Mapping[str, Any] | None = None
    store_folder: str | None = None
    room: str | None = None
    metrics: Mapping[str, Any] | None = None
    inference_server: Mapping[str, Any] | None = None

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
        reads_alone = stored.get("reads_alone", False)
        if not isinstance(reads_alone, bool):
            raise TypeError(f"reads_alone is {reads_alone!r}")
        found = {name: parse_framing(text) for name, text in areas.items()}
        texts: dict[str, Any] = {
            name: _text(stored, name) for name in ("store", "store_folder", "room")
        }
        ages = _ages(stored)
        given: dict[str, Any] = {
            name: _object(stored, name) for name in ("receive", "metrics", "inference_server")
        }
        return Settings(source, found, aligned, ages, reads_alone, **texts, **given)
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
        "store_folder": settings.store_folder,
        "room": settings.room,
        "metrics": None if settings.metrics is None else dict(settings.metrics),
        "inference_server": None
        if settings.inference_server is None
        else dict(settings.inference_server),
    }
    write_text(path, json.dumps(stored, indent=2, ensure_ascii=False), private=True)


def _text(stored: Mapping[str, object], name: str) -> str | None:
    text = stored.get(name)
    if not (text is None or isinstance(text, str)):
        raise TypeError(f"{name} is a {type(text).__name__}")
    return text


def _object(stored: Mapping[str, object], name: str) -> dict[str, Any] | None:
    given = stored.get(name)
    if not (given is None or isinstance(given, dict)):
        raise TypeError(f"{name} is a {type(given).__name__}")
    return given


def _ages(stored: Mapping[str, object]) -> MaskAges:
    """As before where a file of an earlier version has none."""
    limits = asdict(USUAL_AGES)
    for name in limits:
        limit = stored.get(name, limits[name])
        if isinstance(limit, bool) or not isinstance(limit, int | float):
            raise TypeError(f"{name} is {limit!r}")
        limits[name] = float(limit)
    return MaskAges(**limits)

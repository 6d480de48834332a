"""The kept templates of scanners' screens: a folder of this user's, a YAML file each."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from platformdirs import user_config_path

from senoscope.calibration.screen.screen_template import ScreenTemplate, read_template
from senoscope.domain.errors import SettingsError, StorageError
from senoscope.ui.written import write_text

MOST_TEMPLATES = 20
"""Each is compared with a screen that is not known yet, which takes 20 ms."""


def template_folder() -> Path:
    """Where this user's templates are kept."""
    return user_config_path("senoscope", appauthor=False) / "templates"


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that was passed over, and why."""

    file: str
    why: str


class ScreenTemplates:
    """Those of one folder. Any thread's.

    `known` is changed in place, so that a loop that was given it knows what is kept later. `unread`
    names the files that are no templates.
    """

    def __init__(self, folder: Path) -> None:
        self.known: list[ScreenTemplate] = []
        self.unread: list[Unread] = []
        self._folder = folder
        self._files: dict[str, Path] = {}
        self._lock = Lock()
        for path in sorted(folder.glob("*.yaml")):
            try:
                self._add(read_template(path), path)
            except SettingsError as error:
                self.unread.append(Unread(path.name, str(error)))

    def keep(self, template: ScreenTemplate) -> None:
        """Keep it for later starts. SettingsError: its name is taken; StorageError: no room."""
        with self._lock:
            path = self._folder / f"{file_name(template.name)}.yaml"
            self._require_new(template.name)
            write_text(path, template.text())
            self._add(template, path)

    def delete(self, name: str) -> None:
        """Forget it. SettingsError where there is none of that name, StorageError: it stays."""
        with self._lock:
            path = self._files[self.named(name).name]
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise StorageError(
                    f"{path} cannot be removed ({error.strerror}). Allow writing in its folder."
                ) from error
            del self._files[name]
            self.known[:] = [each for each in self.known if each.name != name]

    def named(self, name: str) -> ScreenTemplate:
        """SettingsError where there is none of that name."""
        for each in self.known:
            if each.name == name:
                return each
        raise SettingsError("There is no template of that name. Choose one of those listed.")

    def _add(self, template: ScreenTemplate, path: Path) -> None:
        self._require_new(template.name)
        self._files[template.name] = path
        self.known.append(template)

    def _require_new(self, name: str) -> None:
        if name in self._files:
            raise SettingsError(
                f"A template called {name!r} is kept already. Delete that one first, or choose "
                "another name."
            )
        if len(self.known) >= MOST_TEMPLATES:
            raise SettingsError(
                f"{MOST_TEMPLATES} templates are kept, which is the most. Delete one first."
            )


def file_name(name: str) -> str:
    """Of a template, without its ending: names may hold what file systems do not."""
    readable = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-").lower()[:40]
    return f"{readable or 'template'}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"

"""A model repository that Triton serves: each network in a folder of its own, named by its weights.

DIR/README.md                  which name is which package and precision
DIR/NAME/config.pbtxt
DIR/NAME/1/model.onnx          and model.py for the Python back end
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from senoscope.domain.errors import SettingsError, StorageError
from senoscope.models.engines.onnx_batch import with_any_batch
from senoscope.models.engines.served_name import is_served_name
from senoscope.models.engines.served_network import ServedNetwork
from senoscope.models.engines.triton_config import ServedBy, Serving, config_text
from senoscope.models.engines.triton_readme import HEADING, readme_text

README = "README.md"
PROGRAM = Path(__file__).with_name("triton_model.py")


def _require_writable(folder: Path, again: bool) -> None:
    """Raise SettingsError unless `folder` is new, empty, or with `again` one of ours."""
    try:
        if folder.exists() and not folder.is_dir():
            raise SettingsError(f"{folder} is a file; expected a new folder. Name another.")
        inside = sorted(each.name for each in folder.iterdir()) if folder.exists() else []
        is_ours = README in inside and _heading(folder / README) == HEADING.encode()
    except OSError as error:
        raise SettingsError(
            f"{folder} cannot be looked into ({error.strerror}). Allow it, or name another folder."
        ) from error
    if os.path.ismount(folder):
        raise SettingsError(
            f"{folder} is where another disk is mounted, and is not replaced. Name a new folder in "
            "it."
        )
    if not inside:
        return
    if not again:
        raise SettingsError(f"{folder} is not empty. Name a new folder, or replace it by --again.")
    others = [each for each in inside if each != README and not is_served_name(each)]
    if others or not is_ours:
        raise SettingsError(
            f"{folder} holds {others[0] if others else 'no ' + README + ' of ours'}: it is no "
            "model repository that was written here, and is not replaced. Name a new folder."
        )


def _heading(file: Path) -> bytes:
    with file.open("rb") as content:
        return content.read(len(HEADING))


def write_repository(
    folder: Path, networks: Sequence[ServedNetwork], serving: Serving, again: bool = False
) -> None:
    """Write `networks` into `folder`, whole or not at all; killed between, it may be missing.

    SettingsError unless `folder` is new, empty, or with `again` one of ours, and for a precision
    that the back end has no use for; StorageError where it cannot be written.
    """
    for network in networks:
        serving.require(network.precision)
    _require_writable(folder, again)
    contents = list(_contents(networks, serving))
    folder = folder.resolve()
    partial = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.partial")
    try:
        for path, content in contents:
            place = partial / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        _put(partial, folder)
    except OSError as error:
        raise StorageError(
            f"{folder} cannot be written ({error.strerror}). Free space, allow writing there, or "
            "choose another place."
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _contents(networks: Sequence[ServedNetwork], serving: Serving) -> Iterator[tuple[str, bytes]]:
    """Every file: its path in the repository, and what is in it."""
    served: dict[str, str] = {}
    for network in networks:
        batches = serving.batches(network.ports)
        onnx = network.onnx
        if batches and serving.back_end is not ServedBy.PYTHON:
            onnx = with_any_batch(onnx)
        served[network.name] = hashlib.sha256(onnx).hexdigest()
        text = config_text(network.name, network.ports, network.precision, serving)
        yield f"{network.name}/config.pbtxt", text.encode()
        yield f"{network.name}/1/model.onnx", onnx
        if serving.back_end is ServedBy.PYTHON:
            yield f"{network.name}/1/model.py", PROGRAM.read_bytes()
    yield README, readme_text(networks, serving, served).encode()


def _put(partial: Path, folder: Path) -> None:
    """In place of what is there, which is then gone."""
    if not folder.exists() or not any(folder.iterdir()):
        partial.replace(folder)
        return
    old = partial.with_suffix(".old")
    folder.replace(old)
    try:
        partial.replace(folder)
    except OSError:
        with contextlib.suppress(OSError):
            old.replace(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)

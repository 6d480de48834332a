"""TensorRT's plans, kept between starts: building one takes seconds to minutes.

A plan runs on the card, driver and library it was built with and no other. So it is kept under a
key of all of them, and read only with its checksum.
"""

from __future__ import annotations

import contextlib
import hashlib
import secrets
from collections.abc import Callable
from pathlib import Path

from platformdirs import user_cache_path

from senoscope.models.engines.gpu import Card

DIGEST = hashlib.sha256().digest_size


def plan_folder() -> Path:
    """Where plans are kept for this user."""
    return user_cache_path("senoscope", appauthor=False) / "plans"


def plan_key(onnx: bytes, card: Card, library: str) -> str:
    """Of all that a plan hangs on; `library` is TensorRT's name and version.

    The precision is in `onnx`.
    """
    major, minor = card.compute_capability
    parts = (hashlib.sha256(onnx).hexdigest(), card.name, f"{major}.{minor}", card.driver, library)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def kept_plan(folder: Path, key: str) -> bytes | None:
    """The plan kept under `key`; None where there is none, or it is damaged or another's."""
    try:
        content = (folder / f"{key}.plan").read_bytes()
    except OSError:
        return None
    digest, plan = content[:DIGEST], content[DIGEST:]
    return plan if plan and hashlib.sha256(key.encode() + plan).digest() == digest else None


def keep_plan(folder: Path, key: str, plan: bytes) -> None:
    """Keep `plan` whole or not at all. A full or locked disk only costs the next start its time."""
    partial = folder / f".{key}.{secrets.token_hex(4)}.partial"
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            partial.write_bytes(hashlib.sha256(key.encode() + plan).digest() + plan)
            partial.replace(folder / f"{key}.plan")
        finally:
            partial.unlink(missing_ok=True)


def plan_for(folder: Path, key: str, build: Callable[[], bytes], *, anew: bool = False) -> bytes:
    """The kept plan or a new one, which is then kept; `anew` does not ask for the kept one."""
    kept = None if anew else kept_plan(folder, key)
    if kept is not None:
        return kept
    plan = build()
    keep_plan(folder, key, plan)
    return plan

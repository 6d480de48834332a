"""The network that lies beside a card, checked against what the card says of it."""

from __future__ import annotations

import hashlib
from pathlib import Path

from senoscope.domain.errors import ModelPackageError


def checked_weights(file: Path, sha256: str | None) -> bytes:
    """The file's content. ModelPackageError where it is not there, or has another checksum."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ModelPackageError(
            f"{file.parent.name}/{file.name} cannot be read ({error.strerror}); expected the "
            f"network beside its card. Put it there, named {file.name}."
        ) from error
    found = hashlib.sha256(content).hexdigest()
    if sha256 is not None and found != sha256:
        raise ModelPackageError(
            f"{file.parent.name}/{file.name} has the checksum {found[:12]}..., its card says "
            f"{sha256[:12]}... Copy both files again, or write the new checksum there."
        )
    return content

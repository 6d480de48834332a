"""The token by which a program without a login may ask for metrics."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.requests import HTTPConnection

from senoscope.domain.errors import SettingsError

SHORTEST = 24
"""Characters. It is asked for as often as anybody likes, so it must not be guessed."""


@dataclass(frozen=True, slots=True)
class ScrapeToken:
    """SettingsError where it is soon guessed, or cannot be sent in a header."""

    token: str = field(repr=False)

    def __post_init__(self) -> None:
        plain = self.token.isascii() and self.token.isprintable() and " " not in self.token
        if len(self.token) < SHORTEST or not plain:
            raise SettingsError(
                f"The token for metrics has {len(self.token)} characters; expected at least "
                f"{SHORTEST} printed ASCII ones without a space. Make one: openssl rand -hex 32."
            )

    def is_of(self, connection: HTTPConnection) -> bool:
        """Whether the request carries it."""
        kind, _, given = connection.headers.get("authorization", "").partition(" ")
        same = hmac.compare_digest(given.strip().encode(), self.token.encode())
        return same and kind.lower() == "bearer"


def scrape_token(given: Mapping[str, Any] | None) -> ScrapeToken | None:
    """Of the settings' "metrics", None where they have none. SettingsError says what is wrong."""
    if given is None:
        return None
    if set(given) != {"token_file"} or not isinstance(given["token_file"], str):
        raise SettingsError(
            'The settings say "metrics" in another form than {"token_file": "FILE"}. Mend it; see '
            "docs/observability.md."
        )
    try:
        return ScrapeToken(Path(given["token_file"]).read_text(encoding="utf-8").strip())
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"The token for metrics cannot be read from {given['token_file']} "
            f"({type(error).__name__}). Make the file, readable for who runs Senoscope."
        ) from error

"""The words of the page that reviews a clip, in English and simplified Chinese."""

from __future__ import annotations

REVIEW: dict[str, tuple[str, str]] = {}

"""The stores of the exams' tests: SQLite and PostgreSQL."""

from __future__ import annotations

from tests.studies.exams.conftest import place, server, sqlite_place, store

__all__ = ["place", "server", "sqlite_place", "store"]

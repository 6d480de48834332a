"""Whether the store holds together: rows, files, audit trail; what no row names is swept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select, text

from senoscope.studies.exams import audit_trail
from senoscope.studies.exams.audit_trail import AuditHead, AuditRow
from senoscope.studies.exams.database import SQLITE
from senoscope.studies.exams.reading_keeping import BOUND, row_digest
from senoscope.studies.exams.removal import DELETED
from senoscope.studies.exams.store_parts import StoreParts
from senoscope.studies.exams.study_keeping import KEPT
from senoscope.studies.exams.tables import CONTENT, EXAM

_TRIGGERS = {
    SQLITE: "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'",
    "postgresql": "SELECT count(*) FROM pg_trigger WHERE tgrelid = 'audit'::regclass "
    "AND NOT tgisinternal AND tgenabled <> 'D'",
}
_TRIGGER_COUNT = {SQLITE: 2, "postgresql": 3}


@dataclass(frozen=True, slots=True)
class Checked:
    """A line for each of `complaints`, none where all holds; `swept` files were removed."""

    complaints: tuple[str, ...]
    exams: int
    files: int
    swept: int
    head: AuditHead


def check(parts: StoreParts, written_down: AuditHead | None, read_files: bool) -> Checked:
    """As `ExamStore.check` says."""
    complaints = parts.database.troubles()
    swept = parts.drop_unnamed() + parts.files.sweep_partials() + _sweep(parts)
    with parts.database.reading() as connection:
        head = audit_trail.head(connection)
        exams = set(connection.execute(select(EXAM.c.number)).scalars())
        contents = {row.sha256: row.size for row in connection.execute(select(CONTENT))}
        of_trail = list(audit_trail.complaints(connection, written_down))
        # A trail that does not hold says nothing of the rows.
        complaints += of_trail or _of_acts(connection, exams)
        count = connection.execute(text(_TRIGGERS[parts.database.kind])).scalar_one()
    if count < _TRIGGER_COUNT[parts.database.kind]:
        complaints.append("a trigger that keeps audit rows as they are is missing")
    for content, size in contents.items():
        complaints += _of_file(parts, content, size, read_files)
    return Checked(tuple(complaints), len(exams), len(contents), swept, head)


def _sweep(parts: StoreParts) -> int:
    """Files without a row, as a program leaves them that stopped between the two."""
    with parts.database.reading() as connection:
        named = set(connection.execute(select(CONTENT.c.sha256)).scalars())
    strange = [each for each in parts.files if each not in named]
    if strange:
        parts.drop_unnamed(strange)  # which looks again, alone
    return sum(not parts.files.path(each).exists() for each in strange)


def _of_file(parts: StoreParts, content: str, size: int, read_files: bool) -> list[str]:
    if read_files:
        trouble = parts.files.trouble(content, size)
    else:
        path = parts.files.path(content)
        is_whole = path.is_file() and path.stat().st_size == size
        trouble = None if is_whole else "is not there as it was kept"
    if trouble is None:
        return []
    with parts.database.reading() as connection:
        is_named = select(CONTENT.c.sha256).where(CONTENT.c.sha256 == content)
        if connection.execute(is_named).first() is None:  # deleted since
            return []
    return [f"file {content[:12]} {trouble}"]


def _of_acts(connection: Connection, exams: set[int]) -> Iterator[str]:
    """Rows that are not what was done, by the audit trail."""
    done: dict[str, set[int | None]] = {KEPT: set(), DELETED: set()}
    bound: dict[tuple[str, object], AuditRow] = {}
    for row in audit_trail.rows(connection):
        if row.act in BOUND:
            bound[row.act, row.detail.get("number")] = row
        done.get(row.act, set()).add(row.exam)
    kept, deleted = done[KEPT], done[DELETED]
    for strange in sorted(exams - kept):
        yield f"exam {strange} is in no audit row"
    for lost in kept - deleted - exams:
        yield f"exam {lost} is gone, and no audit row says that it was deleted"
    for (act, number), row in bound.items():
        if row.exam not in deleted and not _is_there(connection, act, number):
            yield f"{BOUND[act][0].name} {number} is gone"
    yield from _of_bound(connection, bound)


def _is_there(connection: Connection, act: str, number: object) -> bool:
    table, _ = BOUND[act]
    found = select(table.c.number).where(table.c.number == number)
    return connection.execute(found).first() is not None


def _of_bound(
    connection: Connection, bound: Mapping[tuple[str, object], AuditRow]
) -> Iterator[str]:
    """Rows that are not as their audit rows bind them."""
    for act, (table, columns) in BOUND.items():
        for found in connection.execute(select(table)):
            binding = bound.get((act, found.number))
            digest = row_digest(getattr(found, each) for each in columns)
            if binding is None or binding.detail.get("digest") != digest:
                yield f"{table.name} {found.number} is not what was kept"

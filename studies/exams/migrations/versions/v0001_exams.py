"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_SQLITE = """CREATE TRIGGER audit_{name} BEFORE {name} ON audit
    BEGIN SELECT RAISE(ABORT, 'rows of the audit trail stay as they are'); END"""
_POSTGRESQL_FUNCTION = """CREATE FUNCTION audit_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'rows of the audit trail stay as they are'; END $$"""
_POSTGRESQL = """CREATE TRIGGER audit_{name} BEFORE {name} ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_stays()"""


def upgrade() -> None:
    """From nothing."""
    _exams()
    _readings()
    _results()
    _audit()


def _number() -> sa.Column[int]:
    return sa.Column("number", sa.Integer(), nullable=False)


def _create(name: str, *parts: sa.schema.SchemaItem) -> None:
    """With its key and the foreign keys that its columns' names say."""
    to = {
        "exam": "exam.number", "series": "series.number", "content": "content.sha256",
        "reading": "reading.number", "sign_off": "sign_off.number", "replaces": "sign_off.number",
        "supersedes": "result.number",
    }  # fmt: skip
    columns = [each for each in parts if isinstance(each, sa.Column)]
    keys = [
        sa.ForeignKeyConstraint([each.name], [to[each.name]], name=f"fk_{name}_{each.name}")
        for each in columns
        if each.name in to and not isinstance(each.type, sa.Text)
    ]
    first = columns[0].name
    key = sa.PrimaryKeyConstraint(first, name=f"pk_{name}")
    op.create_table(name, *parts, *keys, key, sqlite_autoincrement=first == "number")


def _indexed(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(f"ix_{table}_{column}", table, [column])


def _text(name: str, length: int | None = None, nullable: bool = False) -> sa.Column[str]:
    kind = sa.Text() if length is None else sa.String(length)
    return sa.Column(name, kind, nullable=nullable)


def _whole(name: str, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _moment(name: str) -> sa.Column[str]:
    return _text(name, 32)


def _exams() -> None:
    _create(
        "exam", _number(), _text("study_uid", 64), _text("patient_id"), _text("patient_name"),
        _text("sought"), sa.Column("study_date", sa.Date()), _text("modality"), _text("state", 16),
        _moment("received_at"), _moment("changed_at"),
        sa.UniqueConstraint("study_uid", name="uq_exam_study_uid"),
    )  # fmt: skip
    _indexed("exam", "patient_id", "state", "received_at", "changed_at")
    _create("content", _text("sha256", 64), sa.Column("size", sa.BigInteger(), nullable=False))
    _create(
        "series", _number(), _whole("exam"), _text("series_uid", 64), _text("modality", 16),
        sa.Column("series_number", sa.BigInteger()),
        sa.UniqueConstraint("exam", "series_uid", name="uq_series_exam_series_uid"),
    )  # fmt: skip
    _indexed("series", "exam")
    _create(
        "instance", _number(), _whole("exam"), _whole("series"), _text("instance_uid", 64),
        _text("sop_class", 64), _text("content", 64),
        sa.UniqueConstraint("exam", "instance_uid", name="uq_instance_exam_instance_uid"),
    )  # fmt: skip
    _indexed("instance", "exam", "series", "content")


def _readings() -> None:
    _create(
        "reading", _number(), _whole("exam"), _text("mode"), _text("reading"), _text("models"),
        _text("engine"), _text("versions"), _text("ledger"), _moment("made_at"),
    )  # fmt: skip
    _indexed("reading", "exam")
    _create(
        "impression", _number(), _whole("exam"), _text("who"), _text("impression"),
        _moment("made_at"),
    )  # fmt: skip
    _indexed("impression", "exam")
    _create(
        "sign_off", _number(), _whole("exam"), _whole("reading"), _whole("replaces", nullable=True),
        _text("who"), _text("signed"), _moment("made_at"),
    )  # fmt: skip
    _indexed("sign_off", "exam", "reading", "replaces")


def _results() -> None:
    _create(
        "result", _number(), _whole("exam"), _whole("reading"), _whole("sign_off", nullable=True),
        _text("kind", 64), _text("instance_uid", 64, nullable=True),
        _text("sop_class", 64, nullable=True), _text("content", 64),
        _whole("supersedes", nullable=True), _moment("made_at"),
        sa.UniqueConstraint("instance_uid", name="uq_result_instance_uid"),
    )  # fmt: skip
    _indexed("result", "exam", "reading", "sign_off", "content", "supersedes")
    _create(
        "outbox", _number(), _text("content", 64), _text("destination", 64), _text("state", 16),
        _whole("tries"), _text("why"), _moment("queued_at"), _moment("due_at"),
        _moment("changed_at"),
        sa.UniqueConstraint("content", "destination", name="uq_outbox_content_destination"),
    )  # fmt: skip
    _indexed("outbox", "content")
    op.create_index("ix_outbox_due", "outbox", ["state", "due_at"])


def _audit() -> None:
    # Numbers are given by the trail itself, without gaps.
    op.create_table(
        "audit", sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        _moment("at"), _text("who"), _text("act", 64), _whole("exam", nullable=True),
        _text("detail"), _text("previous", 64), _text("hash", 64),
        sa.PrimaryKeyConstraint("number", name="pk_audit"),
    )  # fmt: skip
    _indexed("audit", "exam")
    head = op.create_table(
        "audit_head", sa.Column("only", sa.Integer(), nullable=False, autoincrement=False),
        _whole("count"), _text("hash", 64),
        sa.PrimaryKeyConstraint("only", name="pk_audit_head"),
    )  # fmt: skip
    op.bulk_insert(head, [{"only": 1, "count": 0, "hash": "0" * 64}])
    if op.get_bind().dialect.name == "sqlite":
        for name in ("UPDATE", "DELETE"):
            op.execute(_SQLITE.format(name=name))
    else:
        op.execute(_POSTGRESQL_FUNCTION)
        for name in ("UPDATE", "DELETE", "TRUNCATE"):
            op.execute(_POSTGRESQL.format(name=name))

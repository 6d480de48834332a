"""Studies of an archive that are to be read once, whoever reads and however often it is cut off."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A table that nothing before it knows of: no row is touched."""
    op.create_table(
        "archive_task",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("exam", sa.Integer(), nullable=True),
        sa.Column("reading", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["exam"], ["exam.number"], name="fk_archive_task_exam"),
        sa.ForeignKeyConstraint(["reading"], ["reading.number"], name="fk_archive_task_reading"),
        sa.PrimaryKeyConstraint("key", name="pk_archive_task"),
    )
    for column in ("state", "exam", "reading"):
        op.create_index(f"ix_archive_task_{column}", "archive_task", [column])


def downgrade() -> None:
    """Readings stay; which studies of an archive are done is forgotten."""
    op.drop_table("archive_task")

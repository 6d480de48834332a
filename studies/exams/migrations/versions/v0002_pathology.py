"""What became of an exam: by tissue, or by follow-up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A table that nothing before it knows of: no row is touched."""
    op.create_table(
        "pathology",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("exam", sa.Integer(), nullable=False),
        sa.Column("corrects", sa.Integer(), nullable=True),
        sa.Column("laterality", sa.String(1), nullable=True),
        sa.Column("finding", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(32), nullable=True),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["exam"], ["exam.number"], name="fk_pathology_exam"),
        sa.ForeignKeyConstraint(["corrects"], ["pathology.number"], name="fk_pathology_corrects"),
        sa.PrimaryKeyConstraint("number", name="pk_pathology"),
        sqlite_autoincrement=True,
    )
    for column in ("exam", "corrects"):
        op.create_index(f"ix_pathology_{column}", "pathology", [column])

"""Rooms that share a store, as each last told of itself."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A table that nothing before it knows of: no row is touched."""
    op.create_table(
        "room",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("started_at", sa.String(32), nullable=False),
        sa.Column("seen_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_room"),
    )


def downgrade() -> None:
    """Rooms tell of themselves again within seconds."""
    op.drop_table("room")

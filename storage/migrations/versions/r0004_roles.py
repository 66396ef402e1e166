"""What each of the roster may do, and who said that they work here."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("coordinators", sa.Column("role", sa.String(), nullable=False, server_default="coordinator"))
    op.add_column("coordinators", sa.Column("standing", sa.String(), nullable=False, server_default="listed"))


def downgrade() -> None:
    op.drop_column("coordinators", "standing")
    op.drop_column("coordinators", "role")

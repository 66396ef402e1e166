"""Which red flags of a case nobody has acknowledged yet, sealed: another danger is an alarm of its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("red_flags", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("cases", "red_flags")

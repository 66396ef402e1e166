"""Under which protocol the infusion of a case was given."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("protocol", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("cases", "protocol")

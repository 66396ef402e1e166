"""By what others see at once that the program which had a duty is gone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("duties", sa.Column("pulse", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("duties", "pulse")

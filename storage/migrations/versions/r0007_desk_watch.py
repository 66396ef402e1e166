"""What is to be done next in a case, what the desk was reminded of, and when who works in which language."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "next_acts",
        sa.Column("case_id", sa.BigInteger(), sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("by", sa.BigInteger(), nullable=False),
        sa.Column("at", TIME, nullable=False),
    )
    op.create_table(
        "nudges",
        sa.Column("case_id", sa.BigInteger(), sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("about", sa.String(), primary_key=True),
        sa.Column("since", TIME, nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("at", TIME, nullable=False),
    )
    op.add_column("coordinators", sa.Column("languages", sa.String(), nullable=False, server_default=""))
    op.add_column("coordinators", sa.Column("topics", sa.String(), nullable=False, server_default=""))
    op.add_column("coordinators", sa.Column("shift", sa.String(), nullable=False, server_default=""))
    op.add_column("coordinators", sa.Column("away_until", TIME, nullable=True))


def downgrade() -> None:
    for column in ("away_until", "shift", "topics", "languages"):
        op.drop_column("coordinators", column)
    op.drop_table("nudges")
    op.drop_table("next_acts")

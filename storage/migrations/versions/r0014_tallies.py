"""How far people come through the questions, as counts that are kept up to date, so that looking at them reads no answers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tallies",
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("what", sa.String(), primary_key=True),
        sa.Column("link_id", sa.String(), primary_key=True),
        sa.Column("many", sa.Integer(), nullable=False),
    )
    op.create_table(
        "counted",
        sa.Column("response_id", sa.String(), sa.ForeignKey("responses.id"), primary_key=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_responses_created_at", "responses", ["created_at"])
    op.create_index("ix_cases_opened_at", "cases", ["opened_at"])


def downgrade() -> None:
    op.drop_index("ix_cases_opened_at", "cases")
    op.drop_index("ix_responses_created_at", "responses")
    op.drop_table("counted")
    op.drop_table("tallies")

"""Grades of evidence, and when answers that grow old were told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "evidence_grades",
        sa.Column("chat_id", sa.BigInteger(), sa.ForeignKey("chats.id"), primary_key=True),
        sa.Column("criterion", sa.String(), primary_key=True),
        sa.Column("grade", sa.String(), nullable=False),
        sa.Column("by", sa.BigInteger(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("at", TIME, nullable=False),
    )
    op.create_table(
        "answer_days",
        sa.Column("chat_id", sa.BigInteger(), sa.ForeignKey("chats.id"), primary_key=True),
        sa.Column("link_id", sa.String(), primary_key=True),
        sa.Column("at", TIME, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("answer_days")
    op.drop_table("evidence_grades")

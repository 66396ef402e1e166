"""What the desk does for a case beside talking: submissions, tasks, closed ways, a word at the end."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
COUNTED = {"sqlite_autoincrement": True}


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True)


def _case() -> sa.Column[int]:
    return sa.Column("case_id", sa.BigInteger(), sa.ForeignKey("cases.id"), nullable=False, index=True)


def upgrade() -> None:
    _submissions()
    _tasks()
    _endings()


def _submissions() -> None:
    op.create_table(
        "submissions",
        _id(),
        _case(),
        sa.Column("centre", sa.String(), nullable=False),
        sa.Column("protocols", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("opened_at", TIME, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        **COUNTED,
    )
    op.create_table(
        "submission_lines",
        _id(),
        sa.Column("submission_id", sa.BigInteger(), sa.ForeignKey("submissions.id"), nullable=False, index=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("documents", sa.String(), nullable=False),
        sa.Column("by", sa.BigInteger(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        **COUNTED,
    )


def _tasks() -> None:
    op.create_table(
        "tasks",
        _id(),
        _case(),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("by", sa.BigInteger(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        **COUNTED,
    )


def _endings() -> None:
    op.create_table(
        "closed_paths",
        _id(),
        _case(),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("by", sa.BigInteger(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        **COUNTED,
    )
    op.create_table(
        "ratings",
        sa.Column("case_id", sa.BigInteger(), sa.ForeignKey("cases.id"), primary_key=True, autoincrement=False),
        sa.Column("mark", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("word_until", TIME, nullable=True),
        sa.Column("at", TIME, nullable=False),
    )


def downgrade() -> None:
    for table in ("ratings", "closed_paths", "tasks", "submission_lines", "submissions"):
        op.drop_table(table)

"""What the pages of the desk look up: cases by how urgent they are and where they stand, an audit trail by its object; saved views."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

OPEN, CLOSED = "closed_at IS NULL", "closed_at IS NOT NULL"


def upgrade() -> None:
    _index("ix_cases_open_urgency", "cases", ["urgency", "id"], OPEN)
    _index("ix_cases_open_holder", "cases", ["holder", "urgency", "id"], OPEN)
    _index("ix_cases_open_stage", "cases", ["stage", "urgency", "id"], OPEN)
    _index("ix_cases_flagged", "cases", ["urgency", "id"], f"{OPEN} AND red_flag_at IS NOT NULL")
    _index("ix_cases_closed_urgency", "cases", ["urgency", "id"], CLOSED)
    _index("ix_cases_closed_holder", "cases", ["holder", "urgency", "id"], CLOSED)
    op.create_index("ix_audit_object", "audit", ["object", "sequence"])
    op.create_table(
        "saved_views",
        sa.Column("coordinator", sa.BigInteger(), sa.ForeignKey("coordinators.telegram_id"), primary_key=True),
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("query", sa.String(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("saved_views")
    op.drop_index("ix_audit_object", "audit")
    for name in ("closed_holder", "closed_urgency", "flagged", "open_stage", "open_holder", "open_urgency"):
        op.drop_index(f"ix_cases_{name}", "cases")


def _index(name: str, table: str, columns: list[str], condition: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(condition), postgresql_where=sa.text(condition))

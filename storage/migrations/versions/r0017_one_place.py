"""Messages in the staff group by their number alone, so that an answer to one finds its case where there are no topics."""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

NAME = "ix_case_messages_desk"


def upgrade() -> None:
    op.drop_index(NAME, "case_messages")
    op.create_index(NAME, "case_messages", ["desk_message_id", "case_id"])


def downgrade() -> None:
    op.drop_index(NAME, "case_messages")
    op.create_index(NAME, "case_messages", ["case_id", "desk_message_id"])

"""The messages of a case by direction, so that who waits for an answer is found without reading what was said."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

NAME = "ix_case_messages_direction"


def upgrade() -> None:
    op.create_index(NAME, "case_messages", ["case_id", "direction", "id"])


def downgrade() -> None:
    op.drop_index(NAME, "case_messages")

"""What stands below the open question of a chat, in place of a column that nothing used."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("chats", "awaiting_document", new_column_name="aside")


def downgrade() -> None:
    op.alter_column("chats", "aside", new_column_name="awaiting_document")

"""Whether an update of a chat waits, without a look at all that its people ever sent: that is asked with every update."""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

NAME = "ix_inbox_waiting"
NEW = text("state = 'new'")


def upgrade() -> None:
    op.create_index(NAME, "inbox", ["bot", "chat_id"], sqlite_where=NEW, postgresql_where=NEW)


def downgrade() -> None:
    op.drop_index(NAME, "inbox")

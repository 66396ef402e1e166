"""Who does what only one program may do at a time; on PostgreSQL, new rows of the outbox are told to every program."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TELL = """
CREATE OR REPLACE FUNCTION careline_tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('careline', '');
    RETURN NULL;
END
$$
"""
TOLD = "CREATE TRIGGER outbox_tell AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION careline_tell()"


def upgrade() -> None:
    op.create_table(
        "duties",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("until", sa.Double(), nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(TELL)
        op.execute(TOLD)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER outbox_tell ON outbox")
        op.execute("DROP FUNCTION careline_tell()")
    op.drop_table("duties")

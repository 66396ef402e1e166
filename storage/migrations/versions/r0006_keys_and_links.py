"""Data keys, links to the upload page, and what was found in each file.

Documents that are there keep being sealed with the master key until they are guarded or sent again.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
FOUND: dict[str, sa.types.TypeEngine[Any]] = {
    "key_id": sa.String(),
    "link_id": sa.BigInteger(),
    "pages": sa.Integer(),
    "readable": sa.Boolean(),
    "flags": sa.String(),
    "facts": sa.LargeBinary(),
}


def upgrade() -> None:
    op.create_table(
        "data_keys",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("chat_id", sa.BigInteger(), sa.ForeignKey("chats.id"), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.UniqueConstraint("chat_id", "area", name="uq_data_keys_area"),
    )
    op.create_table(
        "upload_links",
        sa.Column("id", ID, primary_key=True),
        sa.Column("chat_id", sa.BigInteger(), sa.ForeignKey("chats.id"), nullable=False),
        sa.Column("digest", sa.String(), nullable=False, unique=True),
        sa.Column("record", sa.String(), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("revoked_at", TIME, nullable=True),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_upload_links_chat_id", "upload_links", ["chat_id"])
    op.add_column("documents", sa.Column("guarded", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.execute("UPDATE documents SET guarded = true WHERE record = 'passport'")
    for name, kind in FOUND.items():
        op.add_column("document_parts", sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    for name in FOUND:
        op.drop_column("document_parts", name)
    op.drop_column("documents", "guarded")
    op.drop_table("upload_links")
    op.drop_table("data_keys")

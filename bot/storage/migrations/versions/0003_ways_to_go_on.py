"""ways to go on: windows of call-backs, conversations by mail, satisfaction"""

import sqlalchemy as sa
from alembic import op

revision = "0003_ways_to_go_on"
down_revision = "0002_returns"
branch_labels = None
depends_on = None

NOW_WITHIN = 30 * 60 * 1_000_000
"""Call-backs from before had no window: they were for as soon as possible (microseconds)."""


def upgrade() -> None:
    with op.batch_alter_table("callbacks") as batch:
        batch.drop_index("ix_callbacks_open")
        batch.add_column(sa.Column("zone", sa.String(40), nullable=False, server_default="Europe/Madrid"))
        batch.add_column(sa.Column("window_start", sa.BigInteger(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("window_end", sa.BigInteger(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("taken_at", sa.BigInteger()))
        batch.add_column(sa.Column("taken_by", sa.Integer()))
        batch.add_column(sa.Column("outcome", sa.String(12)))
    op.execute(f"UPDATE callbacks SET window_start = requested_at, window_end = requested_at + {NOW_WITHIN}")
    op.execute("UPDATE callbacks SET outcome = 'done' WHERE done_at IS NOT NULL")
    with op.batch_alter_table("callbacks") as batch:
        for name in ("zone", "window_start", "window_end", "tries"):
            batch.alter_column(name, server_default=None)
        batch.create_index("ix_callbacks_open", ["done_at", "window_start"])
    op.create_table(
        "mail_ways",
        sa.Column("conversation_id", sa.String(32), nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_mail_ways_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_mail_ways")),
    )
    op.create_table(
        "received_mails",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("conversation_id", sa.String(32)),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_received_mails_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_received_mails")),
    )
    op.create_index("ix_received_mails_conversation_id", "received_mails", ["conversation_id"])
    op.create_table(
        "satisfaction",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("conversation_id", sa.String(32), nullable=False),
        sa.Column("matter", sa.String(140), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("handled_by", sa.String(8), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("solved", sa.Boolean()),
        sa.Column("answered_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_satisfaction_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_satisfaction")),
        sa.UniqueConstraint("conversation_id", "matter", name=op.f("uq_satisfaction_conversation_id_matter")),
    )
    op.create_index("ix_satisfaction_asked_at", "satisfaction", ["asked_at"])


def downgrade() -> None:
    op.drop_table("satisfaction")
    op.drop_table("received_mails")
    op.drop_table("mail_ways")
    with op.batch_alter_table("callbacks") as batch:
        batch.drop_index("ix_callbacks_open")
        for name in ("outcome", "taken_by", "taken_at", "tries", "window_end", "window_start", "zone"):
            batch.drop_column(name)
        batch.create_index("ix_callbacks_open", ["done_at", "requested_at"])

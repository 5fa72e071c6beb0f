"""messages to sellers are found by their conversation, too"""

from alembic import op

revision = "0006_seller_messages"
down_revision = "0005_desk"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_seller_messages_conversation_id", "seller_messages", ["conversation_id"])


def downgrade() -> None:
    op.drop_index("ix_seller_messages_conversation_id", "seller_messages")

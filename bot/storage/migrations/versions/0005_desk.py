"""the desk: who is there, capacity, second agents, labels, blocked customers, an audit, search, translations, the bridge"""

import sqlalchemy as sa
from alembic import op

revision = "0005_desk"
down_revision = "0004_widget"
branch_labels = None
depends_on = None

TABLES = ("bridge_links", "translations", "desk_events", "desk_labels", "desk_guests", "desk_sessions", "desk_people")

POSTGRES_WORDS = """
CREATE INDEX entry_words_index ON log_entries USING gin (to_tsvector(
  CASE WHEN body ->> 'lang' = 'de' THEN 'german'::regconfig ELSE 'spanish'::regconfig END, body ->> 'text'))
WHERE type = 'message'
"""
"""The words of messages, by the stemmer of their language: PostgreSQL keeps them itself (`bot.conversations.words`)."""

SQLITE_WORDS = (
    """CREATE TABLE entry_words (id INTEGER PRIMARY KEY, conversation_id VARCHAR(32) NOT NULL
       REFERENCES conversations (id) ON DELETE CASCADE, seq INTEGER NOT NULL, words TEXT NOT NULL,
       UNIQUE (conversation_id, seq))""",
    """CREATE VIRTUAL TABLE entry_words_index USING fts5(
       words, content='entry_words', content_rowid='id', tokenize='unicode61 remove_diacritics 2')""",
    """CREATE TRIGGER entry_words_added AFTER INSERT ON entry_words BEGIN
       INSERT INTO entry_words_index (rowid, words) VALUES (new.id, new.words); END""",
    """CREATE TRIGGER entry_words_removed AFTER DELETE ON entry_words BEGIN
       INSERT INTO entry_words_index (entry_words_index, rowid, words) VALUES ('delete', old.id, old.words); END""",
)


def _to_conversation() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], ondelete="CASCADE")


def upgrade() -> None:
    op.add_column("conversations", sa.Column("claimed_at", sa.BigInteger()))
    op.add_column("conversations", sa.Column("blocked_until", sa.BigInteger()))
    op.create_index("ix_conversations_updated_at", "conversations", ["updated_at"])
    op.create_index("ix_conversations_created_at", "conversations", ["created_at"])
    op.add_column("unsure_messages", sa.Column("suggested", sa.String(40)))
    op.create_table(
        "desk_people",
        sa.Column("account_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("away", sa.Boolean(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("left_at", sa.BigInteger()),
        sa.Column("capacity", sa.Integer()),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("skills", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_desk_people")),
    )
    op.create_table(
        "desk_sessions",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_sessions")),
    )
    op.create_index("ix_desk_sessions_account_id", "desk_sessions", ["account_id"])
    op.create_table(
        "desk_guests",
        sa.Column("conversation_id", sa.String(32), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("invited_by", sa.Integer(), nullable=False),
        sa.Column("invited_at", sa.BigInteger(), nullable=False),
        _to_conversation(),
        sa.PrimaryKeyConstraint("conversation_id", "account_id", name=op.f("pk_desk_guests")),
    )
    op.create_index("ix_desk_guests_account_id", "desk_guests", ["account_id"])
    op.create_table(
        "desk_labels",
        sa.Column("conversation_id", sa.String(32), nullable=False),
        sa.Column("label", sa.String(40), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        _to_conversation(),
        sa.PrimaryKeyConstraint("conversation_id", "label", name=op.f("pk_desk_labels")),
    )
    op.create_index("ix_desk_labels_label", "desk_labels", ["label"])
    op.create_table(
        "desk_events",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("conversation_id", sa.String(32)),
        sa.Column("account_id", sa.Integer()),
        sa.Column("other_id", sa.Integer()),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_events")),
    )
    op.create_index("ix_desk_events_kind_at", "desk_events", ["kind", "at"])
    op.create_index("ix_desk_events_conversation_id", "desk_events", ["conversation_id"])
    op.create_table(
        "translations",
        sa.Column("conversation_id", sa.String(32), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("target", sa.String(2), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        _to_conversation(),
        sa.PrimaryKeyConstraint("conversation_id", "seq", "target", name=op.f("pk_translations")),
    )
    op.create_table(
        "bridge_links",
        sa.Column("conversation_id", sa.String(32), nullable=False),
        sa.Column("sent_seq", sa.Integer(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        _to_conversation(),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_bridge_links")),
    )
    _index_words()
    _one_watch_a_conversation()


def downgrade() -> None:
    op.execute(r"UPDATE deadlines SET subject = subject || '\:0' WHERE kind = 'answer_unseen'")
    op.execute("DROP INDEX entry_words_index" if _is_postgres() else "DROP TABLE entry_words_index")
    if not _is_postgres():
        op.execute("DROP TABLE entry_words")
    for table in TABLES:
        op.drop_table(table)
    with op.batch_alter_table("unsure_messages") as batch:
        batch.drop_column("suggested")
    op.drop_index("ix_conversations_created_at", "conversations")
    op.drop_index("ix_conversations_updated_at", "conversations")
    with op.batch_alter_table("conversations") as batch:
        batch.drop_column("blocked_until")
        batch.drop_column("claimed_at")


def _is_postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _one_watch_a_conversation() -> None:
    """Answers that are being looked after: one deadline a conversation, the newest, instead of one an answer."""
    bind = op.get_bind()
    unseen = sa.text("SELECT subject, due_at, done_at FROM deadlines WHERE kind = 'answer_unseen' ORDER BY due_at")
    newest = {row.subject.partition(":")[0]: row for row in bind.execute(unseen)}
    bind.execute(sa.text("DELETE FROM deadlines WHERE kind = 'answer_unseen'"))
    add = sa.text("INSERT INTO deadlines (kind, subject, due_at, done_at) VALUES ('answer_unseen', :id, :due_at, :done_at)")
    for conversation_id, row in newest.items():
        bind.execute(add, {"id": conversation_id, "due_at": row.due_at, "done_at": row.done_at})


def _index_words() -> None:
    """Index what was said before, too."""
    if _is_postgres():
        op.execute(POSTGRES_WORDS)
        return
    from bot.conversations.words import words_of  # SQLite has no stemmers of its own

    for statement in SQLITE_WORDS:
        op.execute(statement)
    bind = op.get_bind()
    said = sa.text("SELECT conversation_id, seq, body FROM log_entries WHERE type = 'message'")
    said = said.columns(sa.column("conversation_id", sa.String), sa.column("seq", sa.Integer), sa.column("body", sa.JSON))
    add = sa.text("INSERT INTO entry_words (conversation_id, seq, words) VALUES (:id, :seq, :words)")
    for row in bind.execute(said).all():
        words = words_of(row.body.get("text") or "", row.body.get("lang") or "es")
        if words:
            bind.execute(add, {"id": row.conversation_id, "seq": row.seq, "words": words})

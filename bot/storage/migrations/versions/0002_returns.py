"""return policies with a history, return addresses, returns"""

import json

import sqlalchemy as sa
from alembic import op

revision = '0002_returns'
down_revision = '0001'
branch_labels = None
depends_on = None

ADDED_RESPECTS = {
    'exclusions': ['custom_made', 'perishable', 'sealed_hygiene', 'inseparably_mixed', 'sealed_media', 'newspapers',
                   'digital_content'],
    'refund_method': 'original_payment',
}


def upgrade() -> None:
    op.create_table('return_policies',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('seller_id', sa.String(length=40), nullable=False),
    sa.Column('terms', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('valid_from', sa.BigInteger(), nullable=False),
    sa.Column('approved_at', sa.BigInteger(), nullable=False),
    sa.Column('approved_by', sa.String(length=120), nullable=False),
    sa.ForeignKeyConstraint(['seller_id'], ['sellers.id'], name=op.f('fk_return_policies_seller_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_return_policies')),
    sa.UniqueConstraint('seller_id', 'valid_from', name=op.f('uq_return_policies_seller_id_valid_from'))
    )
    _keep_terms_as_policies()
    op.drop_column('sellers', 'return_policy')
    op.add_column('sellers', sa.Column('return_addresses', sa.JSON(none_as_null=True), nullable=True))
    op.add_column('products', sa.Column('excluded_as', sa.String(length=20), nullable=True))
    op.create_table('returns',
    sa.Column('reference', sa.String(length=12), nullable=False),
    sa.Column('token', sa.String(length=43), nullable=False),
    sa.Column('conversation_id', sa.String(length=32), nullable=False),
    sa.Column('case_reference', sa.String(length=12), nullable=True),
    sa.Column('order_id', sa.String(length=40), nullable=False),
    sa.Column('line_id', sa.String(length=60), nullable=False),
    sa.Column('product_id', sa.String(length=40), nullable=False),
    sa.Column('seller_id', sa.String(length=40), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('amount_cents', sa.Integer(), nullable=False),
    sa.Column('way', sa.String(length=24), nullable=False),
    sa.Column('address', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('carrier', sa.String(length=40), nullable=True),
    sa.Column('opened_at', sa.BigInteger(), nullable=False),
    sa.Column('ship_by', sa.BigInteger(), nullable=True),
    sa.Column('refund_by', sa.BigInteger(), nullable=True),
    sa.Column('withdrawn_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_returns_conversation_id')),
    sa.PrimaryKeyConstraint('reference', name=op.f('pk_returns'))
    )
    with op.batch_alter_table('returns', schema=None) as batch_op:
        batch_op.create_index('uq_returns_open_line', ['line_id'], unique=True,
                              sqlite_where=sa.text('withdrawn_at IS NULL'),
                              postgresql_where=sa.text('withdrawn_at IS NULL'))


def downgrade() -> None:
    with op.batch_alter_table('returns', schema=None) as batch_op:
        batch_op.drop_index('uq_returns_open_line')

    op.drop_table('returns')
    op.drop_column('products', 'excluded_as')
    op.drop_column('sellers', 'return_addresses')
    op.add_column('sellers', sa.Column('return_policy', sa.JSON(none_as_null=True), nullable=True))
    _keep_newest_policies_as_terms()
    op.drop_table('return_policies')


def _keep_terms_as_policies() -> None:
    """Terms approved so far counted for every order, whenever it was placed: valid since 1970."""
    connection = op.get_bind()
    rows = connection.execute(sa.text('SELECT id, return_policy FROM sellers WHERE return_policy IS NOT NULL')).all()
    for seller_id, given in rows:
        terms = json.loads(given) if isinstance(given, str) else given
        connection.execute(
            sa.text('INSERT INTO return_policies (seller_id, terms, valid_from, approved_at, approved_by) '
                    'VALUES (:seller_id, :terms, 0, 0, :approved_by)'),
            {'seller_id': seller_id, 'terms': json.dumps({**terms, **ADDED_RESPECTS}), 'approved_by': 'puente'},
        )


def _keep_newest_policies_as_terms() -> None:
    connection = op.get_bind()
    rows = connection.execute(sa.text('SELECT seller_id, terms FROM return_policies ORDER BY valid_from')).all()
    for seller_id, given in rows:
        terms = json.loads(given) if isinstance(given, str) else given
        kept = {name: value for name, value in terms.items() if name not in ADDED_RESPECTS} if terms else None
        connection.execute(
            sa.text('UPDATE sellers SET return_policy = :terms WHERE id = :seller_id'),
            {'seller_id': seller_id, 'terms': json.dumps(kept) if kept else None},
        )

"""Activities that wait for a time, told apart from those whose adding was undone."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Activities that wait for a time, told apart from those whose adding was undone."""
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("wanted", sa.Boolean(), server_default=sa.true(), nullable=False)
        )
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.alter_column("wanted", server_default=None)


def downgrade() -> None:
    """Forget which ones wait."""
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.drop_column("wanted")

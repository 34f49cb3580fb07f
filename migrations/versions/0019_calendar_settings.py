"""What an event's invites ask, and whether who waits is invited."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

SETTINGS = ("asks_answers", "invites_waiting")


def upgrade() -> None:
    """Let events say so; until now nobody was asked, and nobody who waits invited."""
    with op.batch_alter_table("event", schema=None) as batch_op:
        for name in SETTINGS:
            batch_op.add_column(
                sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False)
            )
    with op.batch_alter_table("event", schema=None) as batch_op:
        for name in SETTINGS:
            batch_op.alter_column(name, server_default=None)


def downgrade() -> None:
    """Forget it; what was tentative is taken back."""
    op.execute("UPDATE invite SET status = 'cancelled' WHERE status = 'tentative'")
    with op.batch_alter_table("event", schema=None) as batch_op:
        for name in reversed(SETTINGS):
            batch_op.drop_column(name)

"""Badges that prove themselves: whether an event's are signed, and with which of its keys."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0020"
branch_labels = None
depends_on = None

KEYS = ("badge_key", "badge_key_from")


def upgrade() -> None:
    """Badges that prove themselves: whether an event's are signed, and with which of its keys."""
    with op.batch_alter_table("event") as table:
        table.add_column(
            sa.Column("signs_badges", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        for name in KEYS:
            table.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("event") as table:
        for name in ("signs_badges", *KEYS):
            table.alter_column(name, server_default=None)


def downgrade() -> None:
    """Forget them."""
    with op.batch_alter_table("event") as table:
        for name in (*KEYS, "signs_badges"):
            table.drop_column(name)

"""Signed badges and their keys; places that were given away at the door."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

KEYS = ("badge_key", "badge_key_from")
GIVEN_AWAY = """
    UPDATE sign_up SET given_away = true WHERE state = 'cancelled' AND EXISTS (
        SELECT 1 FROM place_released WHERE place_released.session_id = sign_up.session_id
        AND place_released.registration_id = sign_up.registration_id AND undone_at IS NULL)
"""


def upgrade() -> None:
    """Signed badges and their keys; places that were given away at the door."""
    with op.batch_alter_table("event") as table:
        table.add_column(
            sa.Column("signs_badges", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        for name in KEYS:
            table.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("event") as table:
        for name in ("signs_badges", *KEYS):
            table.alter_column(name, server_default=None)
    with op.batch_alter_table("sign_up") as table:
        table.add_column(
            sa.Column("given_away", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    op.execute(GIVEN_AWAY)
    with op.batch_alter_table("sign_up") as table:
        table.alter_column("given_away", server_default=None)


def downgrade() -> None:
    """Forget them."""
    with op.batch_alter_table("sign_up") as table:
        table.drop_column("given_away")
    with op.batch_alter_table("event") as table:
        for name in (*KEYS, "signs_badges"):
            table.drop_column(name)

"""Personal links of speakers, which can be made anew."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Personal links of speakers, which can be made anew."""
    with op.batch_alter_table("speaker", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("link_generation", sa.Integer(), server_default="1", nullable=False)
        )


def downgrade() -> None:
    """Forget which link is the present one."""
    with op.batch_alter_table("speaker", schema=None) as batch_op:
        batch_op.drop_column("link_generation")

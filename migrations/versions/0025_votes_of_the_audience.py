"""The audience votes: who may, and the roll of rights that were used."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take votes of the audience."""
    op.create_table(
        "audience_right",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.CheckConstraint("length(key) <= 64", name=op.f("ck_audience_right_key_length")),
        sa.ForeignKeyConstraint(
            ["call_id"], ["call.id"], name=op.f("fk_audience_right_call_id_call")
        ),
        sa.PrimaryKeyConstraint("call_id", "key", name=op.f("pk_audience_right")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("call") as table:
        table.add_column(
            sa.Column("public_vote", sa.String(length=32), nullable=False, server_default="none")
        )
    with op.batch_alter_table("call") as table:
        table.alter_column("public_vote", server_default=None)


def downgrade() -> None:
    """Forget them."""
    with op.batch_alter_table("call") as table:
        table.drop_column("public_vote")
    op.drop_table("audience_right")

"""Topics under their own name, breaks as a part of the draft, versions of the frame."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

LIST = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
STAGED = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
STATE = sa.Enum(
    "draft", "scheduled", "cancelled", "removed", name="sessionstate", native_enum=False, length=32
)
VERSIONED = ("venue", "room", "category", "speaker")


def upgrade() -> None:
    """Topics under their own name, breaks as a part of the draft, versions of the frame."""
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.alter_column("tags", new_column_name="topics", existing_type=LIST)
    with op.batch_alter_table("pause", schema=None) as batch_op:
        # Each break that there is everybody sees.
        batch_op.add_column(sa.Column("state", STATE, server_default="scheduled", nullable=False))
        batch_op.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("staged", STAGED, nullable=True))
        batch_op.add_column(
            sa.Column("plan_version", sa.Integer(), server_default="1", nullable=False)
        )
    for table in VERSIONED:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(
                sa.Column("version", sa.Integer(), server_default="1", nullable=False)
            )


def downgrade() -> None:
    """Call them tags again; breaks that nobody was shown, or that are gone, go."""
    for table in VERSIONED:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column("version")
    pause = sa.table("pause", sa.column("state"))
    op.execute(pause.delete().where(pause.c.state != "scheduled"))
    with op.batch_alter_table("pause", schema=None) as batch_op:
        for column in ("plan_version", "staged", "version", "state"):
            batch_op.drop_column(column)
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.alter_column("topics", new_column_name="tags", existing_type=LIST)

"""Topics of the programme under their own name."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0004"
branch_labels = None
depends_on = None

LIST = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Topics of the programme under their own name."""
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.alter_column("tags", new_column_name="topics", existing_type=LIST)


def downgrade() -> None:
    """Call them tags again."""
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.alter_column("topics", new_column_name="tags", existing_type=LIST)

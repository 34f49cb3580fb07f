"""When each badge was last printed, and what it showed."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """When each badge was last printed, and what it showed."""
    op.create_table(
        "badge_print",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("looks", sa.String(length=64), nullable=False),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(looks) <= 64", name=op.f("ck_badge_print_looks_length")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_badge_print_event_id_event")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_badge_print_registration_id_registration"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_badge_print")),
        sa.UniqueConstraint("registration_id", name=op.f("uq_badge_print_registration_id")),
    )
    with op.batch_alter_table("badge_print", schema=None) as batch_op:
        batch_op.create_index("ix_badge_print_event_id", ["event_id"], unique=False)


def downgrade() -> None:
    """Forget what was printed."""
    op.drop_table("badge_print")

"""Working draft, releases, rooms for wheelchairs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Working draft, releases, rooms for wheelchairs."""
    op.create_table(
        "acknowledgement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint('length("key") <= 200', name=op.f("ck_acknowledgement_key_length")),
        sa.CheckConstraint("length(actor) <= 64", name=op.f("ck_acknowledgement_actor_length")),
        sa.CheckConstraint("length(reason) <= 500", name=op.f("ck_acknowledgement_reason_length")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_acknowledgement_event_id_event")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acknowledgement")),
        sa.UniqueConstraint("event_id", "key", name=op.f("uq_acknowledgement_event_id_key")),
    )
    op.create_table(
        "release",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("note", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column(
            "content", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column(
            "differences", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.CheckConstraint("length(actor) <= 64", name=op.f("ck_release_actor_length")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_release_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release")),
        sa.UniqueConstraint("event_id", "number", name=op.f("uq_release_event_id_number")),
    )
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "staged", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True
            )
        )

    with op.batch_alter_table("room", schema=None) as batch_op:
        batch_op.add_column(sa.Column("wheelchair", sa.Boolean(), nullable=True))
        batch_op.add_column(
            sa.Column("parallel", sa.Boolean(), server_default=sa.false(), nullable=False)
        )

    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "staged", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True
            )
        )
        batch_op.add_column(
            sa.Column("plan_version", sa.Integer(), server_default="1", nullable=False)
        )

    with op.batch_alter_table("speaker", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "availability",
                sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
                server_default="[]",
                nullable=False,
            )
        )


def downgrade() -> None:
    """Undo it."""
    with op.batch_alter_table("speaker", schema=None) as batch_op:
        batch_op.drop_column("availability")

    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.drop_column("plan_version")
        batch_op.drop_column("staged")

    with op.batch_alter_table("room", schema=None) as batch_op:
        batch_op.drop_column("parallel")
        batch_op.drop_column("wheelchair")

    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.drop_column("staged")

    op.drop_table("release")
    op.drop_table("acknowledgement")

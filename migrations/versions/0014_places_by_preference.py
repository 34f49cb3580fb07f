"""Places by preference: sessions given together, wishes, runs and outcomes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Places by preference: sessions given together, wishes, runs and outcomes."""
    op.create_table(
        "allocation_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column(
            "title", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("choices", sa.Integer(), nullable=False),
        sa.Column("per_organisation", sa.Integer(), nullable=True),
        sa.Column("queues", sa.Boolean(), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("running_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(salt) <= 64", name=op.f("ck_allocation_round_salt_length")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_allocation_round_event_id_event")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation_round")),
    )
    with op.batch_alter_table("allocation_round", schema=None) as batch_op:
        batch_op.create_index("ix_allocation_round_event_id", ["event_id"], unique=False)

    op.create_table(
        "allocation_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("input_hash", sa.String(length=64), nullable=False),
        sa.Column(
            "figures", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column(
            "first_come", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column(
            "blocks", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("ran_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.CheckConstraint("length(actor) <= 64", name=op.f("ck_allocation_run_actor_length")),
        sa.CheckConstraint(
            "length(input_hash) <= 64", name=op.f("ck_allocation_run_input_hash_length")
        ),
        sa.CheckConstraint("length(seed) <= 64", name=op.f("ck_allocation_run_seed_length")),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["allocation_round.id"],
            name=op.f("fk_allocation_run_round_id_allocation_round"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation_run")),
        sa.UniqueConstraint("round_id", "number", name=op.f("uq_allocation_run_round_id_number")),
    )
    op.create_table(
        "ranking",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column(
            "choices", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("flexible", sa.Boolean(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_ranking_registration_id_registration"),
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["allocation_round.id"], name=op.f("fk_ranking_round_id_allocation_round")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ranking")),
        sa.UniqueConstraint(
            "round_id", "registration_id", name=op.f("uq_ranking_round_id_registration_id")
        ),
    )
    with op.batch_alter_table("ranking", schema=None) as batch_op:
        batch_op.create_index("ix_ranking_registration_id", ["registration_id"], unique=False)

    op.create_table(
        "allocation_outcome",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("block", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("busy", sa.Boolean(), nullable=False),
        sa.Column(
            "misses", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("result", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_allocation_outcome_registration_id_registration"),
        ),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["allocation_run.id"],
            name=op.f("fk_allocation_outcome_run_id_allocation_run"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("fk_allocation_outcome_session_id_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation_outcome")),
        sa.UniqueConstraint(
            "run_id",
            "registration_id",
            "block",
            name=op.f("uq_allocation_outcome_run_id_registration_id_block"),
        ),
    )
    with op.batch_alter_table("allocation_outcome", schema=None) as batch_op:
        batch_op.create_index(
            "ix_allocation_outcome_registration_id", ["registration_id"], unique=False
        )

    op.create_table(
        "allocation_session",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["allocation_round.id"],
            name=op.f("fk_allocation_session_round_id_allocation_round"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("fk_allocation_session_session_id_session")
        ),
        sa.PrimaryKeyConstraint("round_id", "session_id", name=op.f("pk_allocation_session")),
    )
    with op.batch_alter_table("allocation_session", schema=None) as batch_op:
        batch_op.create_index("ix_allocation_session_session_id", ["session_id"], unique=False)

    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("by_preference", sa.Boolean(), server_default=sa.false(), nullable=False)
        )


def downgrade() -> None:
    """Forget wishes and runs; places that were given stay."""
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.drop_column("by_preference")

    with op.batch_alter_table("allocation_session", schema=None) as batch_op:
        batch_op.drop_index("ix_allocation_session_session_id")

    op.drop_table("allocation_session")
    with op.batch_alter_table("allocation_outcome", schema=None) as batch_op:
        batch_op.drop_index("ix_allocation_outcome_registration_id")

    op.drop_table("allocation_outcome")
    with op.batch_alter_table("ranking", schema=None) as batch_op:
        batch_op.drop_index("ix_ranking_registration_id")

    op.drop_table("ranking")
    op.drop_table("allocation_run")
    with op.batch_alter_table("allocation_round", schema=None) as batch_op:
        batch_op.drop_index("ix_allocation_round_event_id")

    op.drop_table("allocation_round")

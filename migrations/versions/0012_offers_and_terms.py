"""Offers of freed seats, and what events and sessions ask of those who sign up."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
PENDING = sa.text("state = 'pending'")


def upgrade() -> None:
    """Offers, policies and terms."""
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("offered", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("offers_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("last_call_ticket", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("overbooking_percent", sa.Integer(), server_default="0", nullable=False)
        )
    with op.batch_alter_table("commitment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("lapses_at", sa.DateTime(timezone=True), nullable=True))
    _offers()
    _policies()
    _terms()


def _offers() -> None:
    op.create_table(
        "offer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sign_up_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_offer_registration_id_registration"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("fk_offer_session_id_session")
        ),
        sa.ForeignKeyConstraint(
            ["sign_up_id"], ["sign_up.id"], name=op.f("fk_offer_sign_up_id_sign_up")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer")),
    )
    op.create_index("ix_offer_sign_up_id", "offer", ["sign_up_id"])
    op.create_index(
        "uq_offer_pending",
        "offer",
        ["session_id", "registration_id"],
        unique=True,
        sqlite_where=PENDING,
        postgresql_where=PENDING,
    )


def _policies() -> None:
    op.create_table(
        "sign_up_policy",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("promotion", sa.String(length=32), nullable=False),
        sa.Column("offer_minutes", sa.Integer(), nullable=False),
        sa.Column("reminder_minutes", sa.Integer(), nullable=False),
        sa.Column("last_call_minutes", sa.Integer(), nullable=False),
        sa.Column("work_days", JSON, nullable=False),
        sa.Column("work_from", sa.Integer(), nullable=False),
        sa.Column("work_until", sa.Integer(), nullable=False),
        sa.Column("overlap", sa.String(length=32), nullable=False),
        sa.Column("limit_per_person", sa.Integer(), nullable=True),
        sa.Column("limit_per_topic", sa.Integer(), nullable=True),
        sa.Column("rounds", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_sign_up_policy_event_id_event")
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_sign_up_policy")),
    )


def _terms() -> None:
    op.create_table(
        "session_terms",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("opens_before", sa.Integer(), nullable=True),
        sa.Column("closes_before", sa.Integer(), nullable=True),
        sa.Column("category_ids", JSON, nullable=False),
        sa.Column("required_ids", JSON, nullable=False),
        sa.Column("limit_per_organisation", sa.Integer(), nullable=True),
        sa.Column("queue_order", sa.String(length=32), nullable=False),
        sa.Column("priority_group", sa.String(length=20), nullable=True),
        sa.Column("lottery_seed", sa.String(length=64), nullable=True),
        sa.Column("lottery_ticket", sa.Integer(), nullable=True),
        sa.Column("buckets", JSON, nullable=False),
        sa.CheckConstraint(
            "length(lottery_seed) <= 64", name=op.f("ck_session_terms_lottery_seed_length")
        ),
        sa.CheckConstraint(
            "length(priority_group) <= 20", name=op.f("ck_session_terms_priority_group_length")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("fk_session_terms_session_id_session")
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_session_terms")),
    )


def downgrade() -> None:
    """Forget offers, policies and terms; whoever had an offer waits again."""
    op.execute("UPDATE sign_up SET state = 'waiting' WHERE state = 'offered'")
    op.execute("UPDATE session SET waiting = waiting + offered")
    op.execute("DELETE FROM commitment WHERE kind = 'offer'")
    for table in ("session_terms", "sign_up_policy", "offer"):
        op.drop_table(table)
    with op.batch_alter_table("commitment", schema=None) as batch_op:
        batch_op.drop_column("lapses_at")
    with op.batch_alter_table("session", schema=None) as batch_op:
        for column in ("overbooking_percent", "last_call_ticket", "offers_until", "offered"):
            batch_op.drop_column(column)

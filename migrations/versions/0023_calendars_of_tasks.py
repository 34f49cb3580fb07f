"""Calendars of speakers, jurors and staff: an address, deadlines, tasks that were called off."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

COUNTERS = (("person", "feed_generation", "1"), ("commitment", "sequence", "0"))
TEXTS = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Calendars of speakers, jurors and staff."""
    for table, name, default in COUNTERS:
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(
                sa.Column(name, sa.Integer(), nullable=False, server_default=default)
            )
    op.create_table(
        "calendar_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("label", TEXTS, nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("called_off_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(source) <= 64", name=op.f("ck_calendar_note_source_length")),
        *_references("calendar_note", "person", "event"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_note")),
        sa.UniqueConstraint(
            "person_id", "kind", "source", name=op.f("uq_calendar_note_person_id_kind_source")
        ),
    )
    op.create_table(
        "planned_shift",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("checkpoint_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        *_references("planned_shift", "event", "checkpoint", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planned_shift")),
    )
    op.create_index("ix_planned_shift_event_id", "planned_shift", ["event_id"])


def downgrade() -> None:
    """Forget it."""
    op.drop_table("planned_shift")
    op.drop_table("calendar_note")
    for table, name, _default in COUNTERS:
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column(name)


def _references(table: str, *others: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            [f"{other}_id"], [f"{other}.id"], name=op.f(f"fk_{table}_{other}_id_{other}")
        )
        for other in others
    ]

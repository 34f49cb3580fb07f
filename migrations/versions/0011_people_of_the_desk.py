"""Decisions announced later, notes, kept views, paper forms, and tables of people."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

OPEN = sa.text("announced_at IS NULL AND dropped_at IS NULL")
STATES = ("pending", "qualified", "waiting", "rejected", "cancelled", "replaced")


def _json(name: str) -> sa.Column[object]:
    column_type = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    return sa.Column(name, column_type, nullable=False)


def upgrade() -> None:
    """Decisions announced later, notes, kept views, paper forms, and tables of people."""
    op.create_table(
        "people_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_people_import_event_id_event")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_import")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("tells_decisions", sa.Boolean(), server_default=sa.true(), nullable=False)
        )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.alter_column("tells_decisions", server_default=None)
    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.add_column(sa.Column("received_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("import_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_registration_import_id_people_import"),
            "people_import",
            ["import_id"],
            ["id"],
        )
        batch_op.create_index("ix_registration_import_id", ["import_id"])
    _create_decisions()
    _create_notes()
    _create_views()
    _create_changes()


def _create_decisions() -> None:
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column(
            "state", sa.Enum(*STATES, native_enum=False, length=32, name="state"), nullable=False
        ),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.Column("message", sa.String(length=500), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(actor) <= 64", name=op.f("ck_decision_actor_length")),
        sa.CheckConstraint("length(message) <= 500", name=op.f("ck_decision_message_length")),
        sa.CheckConstraint("length(note) <= 2000", name=op.f("ck_decision_note_length")),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_decision_registration_id_registration"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.create_index("ix_decision_registration_id", ["registration_id"])
        batch_op.create_index(
            "uq_decision_open",
            ["registration_id"],
            unique=True,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        )


def _create_notes() -> None:
    op.create_table(
        "registration_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(actor) <= 64", name=op.f("ck_registration_note_actor_length")),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_registration_note_registration_id_registration"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_note")),
    )
    with op.batch_alter_table("registration_note", schema=None) as batch_op:
        batch_op.create_index("ix_registration_note_registration_id", ["registration_id"])


def _create_views() -> None:
    op.create_table(
        "people_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        _json("query"),
        sa.CheckConstraint("length(name) <= 80", name=op.f("ck_people_view_name_length")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_people_view_event_id_event")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_view")),
        sa.UniqueConstraint("event_id", "name", name=op.f("uq_people_view_event_id_name")),
    )


def _create_changes() -> None:
    op.create_table(
        "imported_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        _json("before"),
        _json("after"),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["people_import.id"],
            name=op.f("fk_imported_change_import_id_people_import"),
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_imported_change_registration_id_registration"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imported_change")),
    )
    with op.batch_alter_table("imported_change", schema=None) as batch_op:
        batch_op.create_index("ix_imported_change_import_id", ["import_id"])
        batch_op.create_index("ix_imported_change_registration_id", ["registration_id"])


def downgrade() -> None:
    """Forget decisions that wait, notes, views, and which table brought somebody in."""
    for table in ("imported_change", "people_view", "registration_note", "decision"):
        op.drop_table(table)
    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.drop_index("ix_registration_import_id")
        batch_op.drop_constraint(
            batch_op.f("fk_registration_import_id_people_import"), type_="foreignkey"
        )
        batch_op.drop_column("import_id")
        batch_op.drop_column("checked_at")
        batch_op.drop_column("received_on")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_column("tells_decisions")
    op.drop_table("people_import")

"""Corrections of presence, lists to sign with their scans, places released at the door."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Corrections of presence, lists to sign with their scans, places released at the door."""
    op.create_table(
        "attendance_list",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "heading", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column(
            "blocks", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("printed_by", sa.String(length=64), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reconciled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "length(printed_by) <= 64", name=op.f("ck_attendance_list_printed_by_length")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_attendance_list_event_id_event")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("fk_attendance_list_session_id_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_list")),
        sa.UniqueConstraint("event_id", "number", name=op.f("uq_attendance_list_event_id_number")),
    )
    with op.batch_alter_table("attendance_list", schema=None) as batch_op:
        batch_op.create_index("ix_attendance_list_session_id", ["session_id"], unique=False)

    op.create_table(
        "place_released",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("given_to_id", sa.Integer(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.String(length=64), nullable=True),
        sa.CheckConstraint("length(actor) <= 64", name=op.f("ck_place_released_actor_length")),
        sa.CheckConstraint(
            "length(undone_by) <= 64", name=op.f("ck_place_released_undone_by_length")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_place_released_event_id_event")
        ),
        sa.ForeignKeyConstraint(
            ["given_to_id"],
            ["registration.id"],
            name=op.f("fk_place_released_given_to_id_registration"),
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_place_released_registration_id_registration"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("fk_place_released_session_id_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_released")),
    )
    with op.batch_alter_table("place_released", schema=None) as batch_op:
        batch_op.create_index("ix_place_released_given_to_id", ["given_to_id"], unique=False)
        batch_op.create_index(
            "ix_place_released_registration_id", ["registration_id"], unique=False
        )
        batch_op.create_index("ix_place_released_session_id", ["session_id"], unique=False)

    op.create_table(
        "release_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_release_rule_event_id_event")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("fk_release_rule_session_id_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_rule")),
        sa.UniqueConstraint(
            "event_id", "session_id", name=op.f("uq_release_rule_event_id_session_id")
        ),
    )
    op.create_table(
        "correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("change", sa.String(length=32), nullable=False),
        sa.Column("method", sa.String(length=32), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("came_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "before", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undoes_id", sa.Integer(), nullable=True),
        sa.Column("list_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("length(actor) <= 64", name=op.f("ck_correction_actor_length")),
        sa.CheckConstraint("length(reason) <= 500", name=op.f("ck_correction_reason_length")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_correction_event_id_event")
        ),
        sa.ForeignKeyConstraint(
            ["list_id"], ["attendance_list.id"], name=op.f("fk_correction_list_id_attendance_list")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_correction_registration_id_registration"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("fk_correction_session_id_session")
        ),
        sa.ForeignKeyConstraint(
            ["undoes_id"], ["correction.id"], name=op.f("fk_correction_undoes_id_correction")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
        sa.UniqueConstraint("undoes_id", name=op.f("uq_correction_undoes_id")),
    )
    with op.batch_alter_table("correction", schema=None) as batch_op:
        batch_op.create_index(
            "ix_correction_event_id_registration_id", ["event_id", "registration_id"], unique=False
        )
        batch_op.create_index("ix_correction_list_id", ["list_id"], unique=False)
        batch_op.create_index(
            "ix_correction_session_id_registration_id",
            ["session_id", "registration_id"],
            unique=False,
        )

    op.create_table(
        "list_row",
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=400), nullable=False),
        sa.Column("organisation", sa.String(length=300), nullable=False),
        sa.Column("replaces", sa.Boolean(), nullable=False),
        sa.Column("printed", sa.Boolean(), nullable=False),
        sa.Column("signed", sa.Boolean(), nullable=True),
        sa.CheckConstraint("length(name) <= 400", name=op.f("ck_list_row_name_length")),
        sa.CheckConstraint(
            "length(organisation) <= 300", name=op.f("ck_list_row_organisation_length")
        ),
        sa.ForeignKeyConstraint(
            ["list_id"], ["attendance_list.id"], name=op.f("fk_list_row_list_id_attendance_list")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_list_row_registration_id_registration"),
        ),
        sa.PrimaryKeyConstraint("list_id", "registration_id", name=op.f("pk_list_row")),
        sa.UniqueConstraint("list_id", "position", name=op.f("uq_list_row_list_id_position")),
    )
    with op.batch_alter_table("list_row", schema=None) as batch_op:
        batch_op.create_index("ix_list_row_registration_id", ["registration_id"], unique=False)

    op.create_table(
        "signed_scan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.String(length=64), nullable=False),
        sa.CheckConstraint("length(added_by) <= 64", name=op.f("ck_signed_scan_added_by_length")),
        sa.CheckConstraint(
            "length(file_name) <= 200", name=op.f("ck_signed_scan_file_name_length")
        ),
        sa.CheckConstraint(
            "length(media_type) <= 100", name=op.f("ck_signed_scan_media_type_length")
        ),
        sa.CheckConstraint("length(sha256) <= 64", name=op.f("ck_signed_scan_sha256_length")),
        sa.ForeignKeyConstraint(
            ["list_id"], ["attendance_list.id"], name=op.f("fk_signed_scan_list_id_attendance_list")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signed_scan")),
        sa.UniqueConstraint("list_id", "sha256", name=op.f("uq_signed_scan_list_id_sha256")),
    )


def downgrade() -> None:
    """Forget corrections, lists and their scans; who has a place now keeps it."""
    op.drop_table("signed_scan")
    with op.batch_alter_table("list_row", schema=None) as batch_op:
        batch_op.drop_index("ix_list_row_registration_id")

    op.drop_table("list_row")
    with op.batch_alter_table("correction", schema=None) as batch_op:
        batch_op.drop_index("ix_correction_session_id_registration_id")
        batch_op.drop_index("ix_correction_list_id")
        batch_op.drop_index("ix_correction_event_id_registration_id")

    op.drop_table("correction")
    op.drop_table("release_rule")
    with op.batch_alter_table("place_released", schema=None) as batch_op:
        batch_op.drop_index("ix_place_released_session_id")
        batch_op.drop_index("ix_place_released_registration_id")
        batch_op.drop_index("ix_place_released_given_to_id")

    op.drop_table("place_released")
    with op.batch_alter_table("attendance_list", schema=None) as batch_op:
        batch_op.drop_index("ix_attendance_list_session_id")

    op.drop_table("attendance_list")

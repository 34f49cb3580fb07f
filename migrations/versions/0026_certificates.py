"""Certificates with their register, their wording and the runs that issue them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Certificates with their register, their wording and the runs that issue them."""
    op.create_table(
        "certificate_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column(
            "people", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("issued", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("tells", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "length(asked_by) <= 64", name=op.f("ck_certificate_run_asked_by_length")
        ),
        sa.CheckConstraint("length(reason) <= 500", name=op.f("ck_certificate_run_reason_length")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_certificate_run_event_id_event")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_run")),
    )
    with op.batch_alter_table("certificate_run", schema=None) as batch_op:
        batch_op.create_index(
            "uq_certificate_run_open",
            ["event_id"],
            unique=True,
            sqlite_where=sa.text("finished_at IS NULL"),
            postgresql_where=sa.text("finished_at IS NULL"),
        )

    op.create_table(
        "certificate_setting",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("min_sessions", sa.Integer(), nullable=True),
        sa.Column(
            "heading", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("lead", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("note", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column(
            "signatories", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("neutral", sa.Boolean(), nullable=False),
        sa.Column("topics", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "length(place) <= 120", name=op.f("ck_certificate_setting_place_length")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_certificate_setting_event_id_event")
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_certificate_setting")),
    )
    op.create_table(
        "certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=120), nullable=False),
        sa.Column("code", sa.String(length=26), nullable=False),
        sa.Column("locale", sa.String(length=8), nullable=False),
        sa.Column(
            "content", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.String(length=64), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint("length(code) <= 26", name=op.f("ck_certificate_code_length")),
        sa.CheckConstraint("length(ended_by) <= 64", name=op.f("ck_certificate_ended_by_length")),
        sa.CheckConstraint("length(issued_by) <= 64", name=op.f("ck_certificate_issued_by_length")),
        sa.CheckConstraint("length(locale) <= 8", name=op.f("ck_certificate_locale_length")),
        sa.CheckConstraint("length(number) <= 120", name=op.f("ck_certificate_number_length")),
        sa.CheckConstraint("length(reason) <= 500", name=op.f("ck_certificate_reason_length")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_certificate_event_id_event")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_certificate_registration_id_registration"),
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["certificate.id"], name=op.f("fk_certificate_replaces_id_certificate")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("code", name=op.f("uq_certificate_code")),
        sa.UniqueConstraint("event_id", "serial", name=op.f("uq_certificate_event_id_serial")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_certificate_replaces_id")),
    )
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.create_index("ix_certificate_registration_id", ["registration_id"], unique=False)
        batch_op.create_index(
            "uq_certificate_valid",
            ["registration_id"],
            unique=True,
            sqlite_where=sa.text("state = 'valid'"),
            postgresql_where=sa.text("state = 'valid'"),
        )


def downgrade() -> None:
    """Forget certificates: their numbers may then be given again."""
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.drop_index("uq_certificate_valid")
        batch_op.drop_index("ix_certificate_registration_id")
    op.drop_table("certificate")
    op.drop_table("certificate_setting")
    with op.batch_alter_table("certificate_run", schema=None) as batch_op:
        batch_op.drop_index("uq_certificate_run_open")
    op.drop_table("certificate_run")

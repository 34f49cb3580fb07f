"""Packs of evidence with their files."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Packs of evidence with their files."""
    op.create_table(
        "evidence_pack",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(length=32), nullable=False),
        sa.Column("day_id", sa.Integer(), nullable=True),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("release", sa.Integer(), nullable=True),
        sa.Column(
            "title", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("locale", sa.String(length=8), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.CheckConstraint("length(asked_by) <= 64", name=op.f("ck_evidence_pack_asked_by_length")),
        sa.CheckConstraint("length(locale) <= 8", name=op.f("ck_evidence_pack_locale_length")),
        sa.CheckConstraint("length(sha256) <= 64", name=op.f("ck_evidence_pack_sha256_length")),
        sa.ForeignKeyConstraint(["day_id"], ["day.id"], name=op.f("fk_evidence_pack_day_id_day")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_evidence_pack_event_id_event")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("fk_evidence_pack_session_id_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_pack")),
        sa.UniqueConstraint("event_id", "number", name=op.f("uq_evidence_pack_event_id_number")),
    )
    with op.batch_alter_table("evidence_pack", schema=None) as batch_op:
        batch_op.create_index(
            "uq_evidence_pack_open",
            ["event_id"],
            unique=True,
            sqlite_where=sa.text("made_at IS NULL AND failed_at IS NULL"),
            postgresql_where=sa.text("made_at IS NULL AND failed_at IS NULL"),
        )

    op.create_table(
        "pack_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pack_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("scan_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("length(path) <= 200", name=op.f("ck_pack_file_path_length")),
        sa.CheckConstraint("length(sha256) <= 64", name=op.f("ck_pack_file_sha256_length")),
        sa.ForeignKeyConstraint(
            ["pack_id"], ["evidence_pack.id"], name=op.f("fk_pack_file_pack_id_evidence_pack")
        ),
        sa.ForeignKeyConstraint(
            ["scan_id"], ["signed_scan.id"], name=op.f("fk_pack_file_scan_id_signed_scan")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pack_file")),
        sa.UniqueConstraint("pack_id", "path", name=op.f("uq_pack_file_pack_id_path")),
        sa.UniqueConstraint("pack_id", "position", name=op.f("uq_pack_file_pack_id_position")),
    )


def downgrade() -> None:
    """Forget the packs."""
    op.drop_table("pack_file")
    with op.batch_alter_table("evidence_pack", schema=None) as batch_op:
        batch_op.drop_index("uq_evidence_pack_open")
    op.drop_table("evidence_pack")

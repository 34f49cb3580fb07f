"""Materials of activities; the language of speakers, and what they were told last."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Materials of activities; the language of speakers, and what they were told last."""
    op.create_table(
        "material",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column(
            "title", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("audience", sa.String(length=32), nullable=False),
        sa.Column("opening", sa.String(length=32), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("length(file_name) <= 200", name=op.f("ck_material_file_name_length")),
        sa.CheckConstraint("length(media_type) <= 100", name=op.f("ck_material_media_type_length")),
        sa.CheckConstraint("length(sha256) <= 64", name=op.f("ck_material_sha256_length")),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_material_activity_id_activity")
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["material.id"], name=op.f("fk_material_replaces_id_material")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_material")),
    )
    with op.batch_alter_table("material", schema=None) as batch_op:
        batch_op.create_index("ix_material_activity_id", ["activity_id"], unique=False)

    with op.batch_alter_table("speaker", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("locale", sa.String(length=8), server_default="pl", nullable=False)
        )
        batch_op.create_check_constraint(op.f("ck_speaker_locale_length"), "length(locale) <= 8")

    with op.batch_alter_table("session_speaker", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "told", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True
            )
        )


def downgrade() -> None:
    """Forget materials, languages and what was told."""
    with op.batch_alter_table("session_speaker", schema=None) as batch_op:
        batch_op.drop_column("told")

    with op.batch_alter_table("speaker", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_speaker_locale_length"), type_="check")
        batch_op.drop_column("locale")

    op.drop_table("material")

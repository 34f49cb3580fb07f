"""The page for the media with its kit, and the organiser's own strip of signs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def _json(name: str) -> sa.Column[object]:
    column_type = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    return sa.Column(name, column_type, nullable=False)


def upgrade() -> None:
    """The page for the media with its kit, and the organiser's own strip of signs."""
    op.create_table(
        "press_page",
        sa.Column("event_id", sa.Integer(), nullable=False),
        _json("about"),
        _json("quotes"),
        _json("accreditation"),
        sa.Column("contact_name", sa.String(length=200), nullable=False),
        sa.Column("contact_email", sa.String(length=320), nullable=False),
        sa.Column("contact_phone", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "length(contact_email) <= 320", name=op.f("ck_press_page_contact_email_length")
        ),
        sa.CheckConstraint(
            "length(contact_name) <= 200", name=op.f("ck_press_page_contact_name_length")
        ),
        sa.CheckConstraint(
            "length(contact_phone) <= 40", name=op.f("ck_press_page_contact_phone_length")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_press_page_event_id_event")
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_press_page")),
    )
    op.create_table(
        "press_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        _json("title"),
        _json("caption"),
        sa.Column("credit", sa.String(length=200), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(credit) <= 200", name=op.f("ck_press_file_credit_length")),
        sa.CheckConstraint("length(file_name) <= 200", name=op.f("ck_press_file_file_name_length")),
        sa.CheckConstraint(
            "length(media_type) <= 100", name=op.f("ck_press_file_media_type_length")
        ),
        sa.CheckConstraint("length(sha256) <= 64", name=op.f("ck_press_file_sha256_length")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_press_file_event_id_event")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_press_file")),
    )
    with op.batch_alter_table("press_file", schema=None) as batch_op:
        batch_op.create_index("ix_press_file_event_id", ["event_id"], unique=False)

    op.create_table(
        "sign_strip",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "length(media_type) <= 100", name=op.f("ck_sign_strip_media_type_length")
        ),
        sa.CheckConstraint("length(sha256) <= 64", name=op.f("ck_sign_strip_sha256_length")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_sign_strip_event_id_event")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_strip")),
        sa.UniqueConstraint("event_id", "sha256", name=op.f("uq_sign_strip_event_id_sha256")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "sign_strip",
                sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
                server_default="{}",
                nullable=False,
            )
        )
        batch_op.add_column(
            sa.Column("press_shown", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.alter_column("sign_strip", server_default=None)
        batch_op.alter_column("press_shown", server_default=None)


def downgrade() -> None:
    """Forget the page, its kit and the strip."""
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_column("press_shown")
        batch_op.drop_column("sign_strip")
    op.drop_table("sign_strip")
    with op.batch_alter_table("press_file", schema=None) as batch_op:
        batch_op.drop_index("ix_press_file_event_id")
    op.drop_table("press_file")
    op.drop_table("press_page")

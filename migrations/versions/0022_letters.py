"""An event's own words in the product's letters, and letters to many."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
STANDING = sa.text("replaced_at IS NULL")


def upgrade() -> None:
    """An event's own words in the product's letters, and letters to many."""
    _words()
    _letters()
    _copies()


def _words() -> None:
    op.create_table(
        "mail_words",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("letter", sa.String(length=80), nullable=False),
        sa.Column("variant", sa.String(length=40), nullable=False),
        sa.Column("locale", sa.String(length=8), nullable=False),
        sa.Column("subject", sa.String(length=250), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("basis", sa.String(length=64), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        *_bounds(
            "mail_words",
            {"letter": 80, "variant": 40, "locale": 8, "subject": 250, "basis": 64, "actor": 64},
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_words")),
    )
    op.create_index(
        "uq_mail_words_standing",
        "mail_words",
        ["event_id", "letter", "variant", "locale"],
        unique=True,
        sqlite_where=STANDING,
        postgresql_where=STANDING,
    )


def _letters() -> None:
    op.create_table(
        "letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("subject", JSON, nullable=False),
        sa.Column("body", JSON, nullable=False),
        sa.Column("audience", JSON, nullable=False),
        sa.Column("necessary", sa.Boolean(), nullable=False),
        sa.Column("timing", sa.String(length=32), nullable=False),
        sa.Column("send_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("offset_days", sa.Integer(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("late_copies", sa.Boolean(), nullable=False),
        sa.Column("sends_past", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.String(length=64), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.String(length=64), nullable=True),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        *_bounds("letter", {"written_by": 64, "approved_by": 64}),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_letter_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
    )
    op.create_index("ix_letter_event_id", "letter", ["event_id"])
    op.create_index("ix_letter_state", "letter", ["state"])
    op.create_table(
        "letter_policy",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("second_person", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_letter_policy_event_id_event")
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_letter_policy")),
    )


def _copies() -> None:
    op.create_table(
        "letter_run",
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("occasion", sa.String(length=20), nullable=False),
        sa.Column("ran_at", sa.DateTime(timezone=True), nullable=False),
        *_bounds("letter_run", {"occasion": 20}),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letter.id"], name=op.f("fk_letter_run_letter_id_letter")
        ),
        sa.PrimaryKeyConstraint("letter_id", "occasion", name=op.f("pk_letter_run")),
    )
    op.create_table(
        "letter_copy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("occasion", sa.String(length=20), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        *_bounds("letter_copy", {"occasion": 20}),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letter.id"], name=op.f("fk_letter_copy_letter_id_letter")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_letter_copy_registration_id_registration"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_copy")),
        sa.UniqueConstraint(
            "letter_id",
            "occasion",
            "registration_id",
            name=op.f("uq_letter_copy_letter_id_occasion_registration_id"),
        ),
    )
    op.create_index("ix_letter_copy_registration_id", "letter_copy", ["registration_id"])


def _bounds(table: str, lengths: dict[str, int]) -> list[sa.CheckConstraint]:
    return [
        sa.CheckConstraint(f"length({name}) <= {most}", name=op.f(f"ck_{table}_{name}_length"))
        for name, most in lengths.items()
    ]


def downgrade() -> None:
    """Forget them."""
    for name in ("letter_copy", "letter_run", "letter_policy", "letter", "mail_words"):
        op.drop_table(name)

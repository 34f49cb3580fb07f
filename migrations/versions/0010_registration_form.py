"""What the registration form asks, answers to it, the clause, and corrections that wait."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def _json(name: str) -> sa.Column[object]:
    column_type = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    return sa.Column(name, column_type, nullable=False)


def upgrade() -> None:
    """Tables of the registration form, and why somebody counts among the area."""
    op.create_table(
        "clause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        _json("text"),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_clause_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clause")),
        sa.UniqueConstraint("event_id", "number", name=op.f("uq_clause_event_id_number")),
    )
    op.create_table(
        "question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        _json("label"),
        _json("help"),
        _json("choices"),
        sa.Column("required", sa.Boolean(), nullable=False),
        _json("categories"),
        sa.Column("depends_on", sa.String(length=60), nullable=False),
        sa.Column("depends_answer", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(code) <= 60", name=op.f("ck_question_code_length")),
        sa.CheckConstraint(
            "length(depends_answer) <= 60", name=op.f("ck_question_depends_answer_length")
        ),
        sa.CheckConstraint("length(depends_on) <= 60", name=op.f("ck_question_depends_on_length")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_question_event_id_event")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
        sa.UniqueConstraint("event_id", "code", name=op.f("uq_question_event_id_code")),
    )
    op.create_table(
        "registration_form",
        sa.Column("event_id", sa.Integer(), nullable=False),
        _json("fields"),
        _json("lists"),
        _json("categories"),
        _json("consents"),
        _json("monitoring"),
        sa.Column("area_policy", sa.String(length=32), nullable=False),
        sa.Column("area_basis", sa.String(length=32), nullable=False),
        sa.Column("edits_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_registration_form_event_id_event")
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_registration_form")),
    )
    op.create_table(
        "question_version",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _json("content"),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_question_version_question_id_question")
        ),
        sa.PrimaryKeyConstraint("question_id", "version", name=op.f("pk_question_version")),
    )
    op.create_table(
        "answer",
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _json("value"),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_answer_question_id_question")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_answer_registration_id_registration"),
        ),
        sa.PrimaryKeyConstraint("registration_id", "question_id", name=op.f("pk_answer")),
    )
    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.create_index("ix_answer_question_id", ["question_id"], unique=False)

    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        _json("values"),
        _json("before"),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(reason) <= 500", name=op.f("ck_proposal_reason_length")),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_proposal_registration_id_registration"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
    )
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.create_index(
            "ix_proposal_registration_id_state", ["registration_id", "state"], unique=False
        )

    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("area_reason", sa.String(length=300), server_default="", nullable=False)
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_registration_area_reason_length"), "length(area_reason) <= 300"
        )


def downgrade() -> None:
    """Forget what forms asked and what was answered."""
    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_registration_area_reason_length"), type_="check")
        batch_op.drop_column("area_reason")

    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.drop_index("ix_proposal_registration_id_state")

    op.drop_table("proposal")
    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.drop_index("ix_answer_question_id")

    op.drop_table("answer")
    op.drop_table("question_version")
    op.drop_table("registration_form")
    op.drop_table("question")
    op.drop_table("clause")

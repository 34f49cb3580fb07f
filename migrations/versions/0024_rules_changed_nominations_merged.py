"""Frozen rules changed by two persons; nominees' statements, nominations of one nominee merged."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

DATA = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Frozen rules changed by two persons; statements of nominees, merged nominations."""
    op.create_table(
        "rule_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("rulebook", DATA, nullable=False),
        sa.Column("rulebook_sha256", sa.String(length=64), nullable=False),
        sa.Column("before_sha256", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("cards", sa.String(length=32), nullable=False),
        sa.Column("set_aside", DATA, nullable=False),
        sa.Column("proposed_by", sa.String(length=64), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.String(length=64), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        *_bounds(
            "rule_change",
            {"rulebook_sha256": 64, "before_sha256": 64, "reason": 1000, "proposed_by": 64,
             "confirmed_by": 64},
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["call.id"], name=op.f("fk_rule_change_call_id_call")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_rule_change_event_id_event")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_change")),
    )  # fmt: skip
    op.create_index("ix_rule_change_call_id", "rule_change", ["call_id"])
    with op.batch_alter_table("nomination") as table:
        table.add_column(sa.Column("merged_into_id", sa.Integer(), nullable=True))
        table.add_column(
            sa.Column("statement", sa.String(length=4000), nullable=False, server_default="")
        )
        table.add_column(sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=True))
        table.create_foreign_key(
            op.f("fk_nomination_merged_into_id_nomination"),
            "nomination",
            ["merged_into_id"],
            ["id"],
        )
        table.create_check_constraint(
            op.f("ck_nomination_statement_length"), "length(statement) <= 4000"
        )
    with op.batch_alter_table("nomination") as table:
        table.alter_column("statement", server_default=None)


def _bounds(table: str, lengths: dict[str, int]) -> list[sa.CheckConstraint]:
    return [
        sa.CheckConstraint(f"length({name}) <= {most}", name=op.f(f"ck_{table}_{name}_length"))
        for name, most in lengths.items()
    ]


def downgrade() -> None:
    """Forget them."""
    with op.batch_alter_table("nomination") as table:
        table.drop_constraint(op.f("ck_nomination_statement_length"), type_="check")
        table.drop_constraint(op.f("fk_nomination_merged_into_id_nomination"), type_="foreignkey")
        for name in ("corrected_at", "statement", "merged_into_id"):
            table.drop_column(name)
    op.drop_table("rule_change")

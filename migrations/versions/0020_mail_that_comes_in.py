"""Mail that comes in: what became of it, addresses that letters come back from, answers."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Mail that comes in: what became of it, addresses that letters come back from, answers."""
    op.create_table(
        "inbound_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("came_by", sa.String(length=20), nullable=False),
        sa.Column("sender", sa.String(length=320), nullable=False),
        sa.Column("recipient", sa.String(length=320), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("fate", sa.String(length=32), nullable=False),
        sa.Column("reader", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("about", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("came_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.String(length=64), nullable=True),
        *_bounds(
            "inbound_mail",
            {"key": 64, "came_by": 20, "sender": 320, "recipient": 320, "subject": 300,
             "reader": 40, "reason": 60, "about": 64, "settled_by": 64},
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_mail")),
        sa.UniqueConstraint("key", name=op.f("uq_inbound_mail_key")),
    )  # fmt: skip
    op.create_index("ix_inbound_mail_event_id_id", "inbound_mail", ["event_id", "id"])
    op.create_index("ix_inbound_mail_fate", "inbound_mail", ["fate"])
    op.create_table(
        "unreachable",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("hard", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("bounces", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.String(length=64), nullable=True),
        *_bounds("unreachable", {"address": 320, "status": 20, "reason": 500, "settled_by": 64}),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unreachable")),
        sa.UniqueConstraint("address", name=op.f("uq_unreachable_address")),
    )
    with op.batch_alter_table("invite") as table:
        table.add_column(
            sa.Column("told_sequence", sa.Integer(), nullable=False, server_default="0")
        )
        table.add_column(sa.Column("answer", sa.String(length=32), nullable=True))
        table.add_column(sa.Column("answer_sequence", sa.Integer(), nullable=True))
        table.add_column(sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE invite SET told_sequence = sequence")
    with op.batch_alter_table("invite") as table:
        table.alter_column("told_sequence", server_default=None)
    with op.batch_alter_table("sign_up_policy") as table:
        table.add_column(
            sa.Column("frees_on_decline", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("sign_up_policy") as table:
        table.alter_column("frees_on_decline", server_default=None)


def _bounds(table: str, lengths: dict[str, int]) -> list[sa.CheckConstraint]:
    return [
        sa.CheckConstraint(f"length({name}) <= {most}", name=op.f(f"ck_{table}_{name}_length"))
        for name, most in lengths.items()
    ]


def downgrade() -> None:
    """Forget them."""
    with op.batch_alter_table("sign_up_policy") as table:
        table.drop_column("frees_on_decline")
    with op.batch_alter_table("invite") as table:
        for name in ("answered_at", "answer_sequence", "answer", "told_sequence"):
            table.drop_column(name)
    op.drop_table("unreachable")
    op.drop_table("inbound_mail")

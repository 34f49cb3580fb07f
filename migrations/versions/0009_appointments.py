"""Appointments of one-to-one advice: how long they take, and who has which."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TAKEN = "uq_sign_up_session_id_adviser_id_slot"


def upgrade() -> None:
    """Appointments of one-to-one advice."""
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("appointment_minutes", sa.Integer(), nullable=True))
    for table in ("sign_up", "invite"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("adviser_id", sa.Integer(), nullable=True))
            batch_op.add_column(sa.Column("slot", sa.Integer(), nullable=True))
            batch_op.create_foreign_key(
                batch_op.f(f"fk_{table}_adviser_id_speaker"), "speaker", ["adviser_id"], ["id"]
            )
    with op.batch_alter_table("sign_up", schema=None) as batch_op:
        batch_op.create_unique_constraint(batch_op.f(TAKEN), ["session_id", "adviser_id", "slot"])
    op.create_table(
        "service_card",
        sa.Column("sign_up_id", sa.Integer(), nullable=False),
        sa.Column("adviser_id", sa.Integer(), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=300), nullable=False),
        sa.Column("advice", sa.Text(), nullable=False),
        sa.Column("agreed", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["adviser_id"], ["speaker.id"], name=op.f("fk_service_card_adviser_id_speaker")
        ),
        sa.ForeignKeyConstraint(
            ["sign_up_id"], ["sign_up.id"], name=op.f("fk_service_card_sign_up_id_sign_up")
        ),
        sa.PrimaryKeyConstraint("sign_up_id", name=op.f("pk_service_card")),
    )


def downgrade() -> None:
    """Forget the appointments; places stay."""
    op.drop_table("service_card")
    with op.batch_alter_table("sign_up", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f(TAKEN), type_="unique")
    for table in ("invite", "sign_up"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_constraint(
                batch_op.f(f"fk_{table}_adviser_id_speaker"), type_="foreignkey"
            )
            batch_op.drop_column("slot")
            batch_op.drop_column("adviser_id")
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.drop_column("appointment_minutes")

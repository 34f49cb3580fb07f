"""Institutions with people who work for them and guests of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Institutions with people who work for them and guests of their own."""
    with op.batch_alter_table("organiser", schema=None) as batch_op:
        batch_op.add_column(sa.Column("guest_quota", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("guests", sa.Integer(), server_default="0", nullable=False))
        batch_op.create_unique_constraint(op.f("uq_organiser_event_id_id"), ["event_id", "id"])
        batch_op.create_check_constraint(
            op.f("ck_organiser_within_quota"),
            "guests >= 0 AND guests <= coalesce(guest_quota, 0)",
        )

    with op.batch_alter_table("team_member", schema=None) as batch_op:
        batch_op.add_column(sa.Column("organiser_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_team_member_event_id_organiser_id_organiser"),
            "organiser",
            ["event_id", "organiser_id"],
            ["event_id", "id"],
        )
        batch_op.create_check_constraint(
            op.f("ck_team_member_co_organiser_of"),
            "role <> 'co-organiser' OR organiser_id IS NOT NULL",
        )

    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.add_column(sa.Column("organiser_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_registration_event_id_organiser_id_organiser"),
            "organiser",
            ["event_id", "organiser_id"],
            ["event_id", "id"],
        )
        batch_op.create_index("ix_registration_organiser_id", ["organiser_id"], unique=False)


def downgrade() -> None:
    """Let co-organisers leave the team; guests stay as people whom an organisation sent."""
    op.execute("DELETE FROM team_member WHERE role = 'co-organiser'")
    op.execute("UPDATE registration SET source = 'organisation' WHERE source = 'invited'")
    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.drop_index("ix_registration_organiser_id")
        batch_op.drop_constraint(
            op.f("fk_registration_event_id_organiser_id_organiser"), type_="foreignkey"
        )
        batch_op.drop_column("organiser_id")

    with op.batch_alter_table("team_member", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_team_member_co_organiser_of"), type_="check")
        batch_op.drop_constraint(
            op.f("fk_team_member_event_id_organiser_id_organiser"), type_="foreignkey"
        )
        batch_op.drop_column("organiser_id")

    with op.batch_alter_table("organiser", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_organiser_within_quota"), type_="check")
        batch_op.drop_constraint(op.f("uq_organiser_event_id_id"), type_="unique")
        batch_op.drop_column("guests")
        batch_op.drop_column("guest_quota")

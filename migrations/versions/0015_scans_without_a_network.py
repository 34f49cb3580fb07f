"""Scans without a network: pairing by a code, lists for devices, conflicts, early undos."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Scans without a network: pairing by a code, lists for devices, conflicts, early undos."""
    op.create_table(
        "device_checkpoint",
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("checkpoint_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["checkpoint_id"],
            ["checkpoint.id"],
            name=op.f("fk_device_checkpoint_checkpoint_id_checkpoint"),
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_device_checkpoint_device_id_device")
        ),
        sa.PrimaryKeyConstraint("device_id", "checkpoint_id", name=op.f("pk_device_checkpoint")),
    )
    with op.batch_alter_table("device_checkpoint", schema=None) as batch_op:
        batch_op.create_index("ix_device_checkpoint_checkpoint_id", ["checkpoint_id"], unique=False)

    op.create_table(
        "scan_conflict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("checkpoint_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("scan_id", sa.String(length=64), nullable=False),
        sa.Column("other_scan_id", sa.String(length=64), nullable=True),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint("length(scan_id) <= 64", name=op.f("ck_scan_conflict_scan_id_length")),
        sa.CheckConstraint(
            "length(other_scan_id) <= 64", name=op.f("ck_scan_conflict_other_scan_id_length")
        ),
        sa.CheckConstraint(
            "length(resolved_by) <= 64", name=op.f("ck_scan_conflict_resolved_by_length")
        ),
        sa.CheckConstraint("length(reason) <= 500", name=op.f("ck_scan_conflict_reason_length")),
        sa.ForeignKeyConstraint(
            ["checkpoint_id"],
            ["checkpoint.id"],
            name=op.f("fk_scan_conflict_checkpoint_id_checkpoint"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_scan_conflict_event_id_event")
        ),
        sa.ForeignKeyConstraint(
            ["other_scan_id"], ["scan.scan_id"], name=op.f("fk_scan_conflict_other_scan_id_scan")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_scan_conflict_registration_id_registration"),
        ),
        sa.ForeignKeyConstraint(
            ["scan_id"], ["scan.scan_id"], name=op.f("fk_scan_conflict_scan_id_scan")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan_conflict")),
        sa.UniqueConstraint("scan_id", name=op.f("uq_scan_conflict_scan_id")),
    )
    with op.batch_alter_table("scan_conflict", schema=None) as batch_op:
        batch_op.create_index(
            "ix_scan_conflict_event_id_resolved_at", ["event_id", "resolved_at"], unique=False
        )
        batch_op.create_index(
            "ix_scan_conflict_checkpoint_id_registration_id",
            ["checkpoint_id", "registration_id"],
            unique=False,
        )

    op.create_table(
        "early_undo",
        sa.Column("scan_id", sa.String(length=64), nullable=False),
        sa.Column("checkpoint_id", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("is_lead", sa.Boolean(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(actor) <= 64", name=op.f("ck_early_undo_actor_length")),
        sa.CheckConstraint("length(scan_id) <= 64", name=op.f("ck_early_undo_scan_id_length")),
        sa.ForeignKeyConstraint(
            ["checkpoint_id"],
            ["checkpoint.id"],
            name=op.f("fk_early_undo_checkpoint_id_checkpoint"),
        ),
        sa.PrimaryKeyConstraint("scan_id", name=op.f("pk_early_undo")),
    )
    op.create_table(
        "listed_badge",
        sa.Column("checkpoint_id", sa.Integer(), nullable=False),
        sa.Column("badge_hash", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "length(badge_hash) <= 64", name=op.f("ck_listed_badge_badge_hash_length")
        ),
        sa.CheckConstraint("length(digest) <= 32", name=op.f("ck_listed_badge_digest_length")),
        sa.ForeignKeyConstraint(
            ["checkpoint_id"],
            ["checkpoint.id"],
            name=op.f("fk_listed_badge_checkpoint_id_checkpoint"),
        ),
        sa.PrimaryKeyConstraint("checkpoint_id", "badge_hash", name=op.f("pk_listed_badge")),
    )
    with op.batch_alter_table("listed_badge", schema=None) as batch_op:
        batch_op.create_index(
            "ix_listed_badge_checkpoint_id_revision", ["checkpoint_id", "revision"], unique=False
        )

    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.add_column(sa.Column("pairing_hash", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("pairing_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_unique_constraint(op.f("uq_device_pairing_hash"), ["pairing_hash"])
        batch_op.create_check_constraint(
            op.f("ck_device_pairing_hash_length"), "length(pairing_hash) <= 64"
        )
    with op.batch_alter_table("scan", schema=None) as batch_op:
        batch_op.add_column(sa.Column("seq", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(
            sa.Column("mode", sa.String(length=32), server_default="online", nullable=False)
        )


def downgrade() -> None:
    """Forget lists, conflicts and announced devices; scans stay."""
    with op.batch_alter_table("scan", schema=None) as batch_op:
        batch_op.drop_column("mode")
        batch_op.drop_column("seq")
    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_device_pairing_hash_length"), type_="check")
        batch_op.drop_constraint(op.f("uq_device_pairing_hash"), type_="unique")
        batch_op.drop_column("seen_at")
        batch_op.drop_column("pairing_until")
        batch_op.drop_column("pairing_hash")

    with op.batch_alter_table("listed_badge", schema=None) as batch_op:
        batch_op.drop_index("ix_listed_badge_checkpoint_id_revision")

    op.drop_table("listed_badge")
    op.drop_table("early_undo")
    with op.batch_alter_table("scan_conflict", schema=None) as batch_op:
        batch_op.drop_index("ix_scan_conflict_checkpoint_id_registration_id")
        batch_op.drop_index("ix_scan_conflict_event_id_resolved_at")

    op.drop_table("scan_conflict")
    with op.batch_alter_table("device_checkpoint", schema=None) as batch_op:
        batch_op.drop_index("ix_device_checkpoint_checkpoint_id")

    op.drop_table("device_checkpoint")

"""The outbox: ranks, holds and tries of letters, their words, who wants none, quiet hours."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

LINKS = ("mail:accounts.link", "mail:registrations.links")
COURTESIES = (
    "mail:allocation.reminded",
    "mail:awards.reminded",
    "mail:programme.speaker_asked",
    "mail:signups.last-called",
)
job = sa.table("job", sa.column("name", sa.String), sa.column("rank", sa.Integer))


def upgrade() -> None:
    """Let letters be seen, held, tried and let go from the moment they are asked for."""
    _jobs()
    _log()
    _events()


def _jobs() -> None:
    with op.batch_alter_table("job") as table:
        table.drop_index("ix_job_state_run_at")
        table.add_column(sa.Column("rank", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("actor", sa.String(64), nullable=False, server_default="system"))
        table.add_column(sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("held", sa.String(32), nullable=True))
        table.add_column(sa.Column("released_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("again_of", sa.Integer(), nullable=True))
    letters = job.c.name.startswith("mail:") & job.c.name.not_in(LINKS)
    op.execute(job.update().where(letters).values(rank=1))
    op.execute(job.update().where(job.c.name.in_(COURTESIES)).values(rank=2))
    op.execute("UPDATE job SET tried_at = created_at WHERE attempts > 0")
    with op.batch_alter_table("job") as table:
        table.alter_column("rank", server_default=None)
        table.alter_column("actor", server_default=None)
        table.create_check_constraint(op.f("ck_job_actor_length"), "length(actor) <= 64")
        table.create_index("ix_job_state_rank_run_at", ["state", "rank", "run_at", "id"])
        table.create_index("ix_job_event_id_id", ["event_id", "id"])
        table.create_index("ix_job_actor_created_at", ["actor", "created_at"])


def _log() -> None:
    with op.batch_alter_table("mail") as table:
        table.add_column(
            sa.Column("courtesy", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("mail") as table:
        table.alter_column("courtesy", server_default=None)
        table.create_index("ix_mail_recipient_sent_at", ["recipient", "sent_at"])
    op.create_table(
        "mail_try",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.CheckConstraint("length(words) <= 500", name=op.f("ck_mail_try_words_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_try")),
    )
    op.create_index("ix_mail_try_job_id", "mail_try", ["job_id"])
    op.create_index("ix_mail_try_at", "mail_try", ["at"])
    op.create_table(
        "mail_content",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column(
            "enclosed",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_content")),
        sa.UniqueConstraint("job_id", name=op.f("uq_mail_content_job_id")),
    )
    op.create_index("ix_mail_content_kept_at", "mail_content", ["kept_at"])
    op.create_table(
        "declined_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(address) <= 320", name=op.f("ck_declined_mail_address_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declined_mail")),
        sa.UniqueConstraint("address", "event_id", name=op.f("uq_declined_mail_address_event_id")),
    )


def _events() -> None:
    with op.batch_alter_table("event") as table:
        table.add_column(sa.Column("mail_paused_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(
            sa.Column("mail_pause_reason", sa.String(300), nullable=False, server_default="")
        )
        table.add_column(sa.Column("mail_quiet_from", sa.String(5), nullable=True))
        table.add_column(sa.Column("mail_quiet_until", sa.String(5), nullable=True))
        table.add_column(
            sa.Column("mail_quiet_holds_all", sa.Boolean(), nullable=False,
                      server_default=sa.false())
        )  # fmt: skip
    with op.batch_alter_table("event") as table:
        table.alter_column("mail_pause_reason", server_default=None)
        table.alter_column("mail_quiet_holds_all", server_default=None)
        for name, most in (
            ("mail_pause_reason", 300), ("mail_quiet_from", 5), ("mail_quiet_until", 5)
        ):  # fmt: skip
            table.create_check_constraint(
                op.f(f"ck_event_{name}_length"), f"length({name}) <= {most}"
            )


def downgrade() -> None:
    """Forget it; what was held waits like everything else."""
    for name in ("declined_mail", "mail_content", "mail_try"):
        op.drop_table(name)
    op.execute("UPDATE job SET state = 'queued' WHERE state = 'held'")
    op.execute("UPDATE job SET state = 'failed' WHERE state = 'discarded'")
    op.execute("UPDATE mail SET state = 'waiting' WHERE state = 'given-up'")
    with op.batch_alter_table("event") as table:
        for name in ("mail_pause_reason", "mail_quiet_from", "mail_quiet_until"):
            table.drop_constraint(op.f(f"ck_event_{name}_length"), type_="check")
        for name in (
            "mail_quiet_holds_all", "mail_quiet_until", "mail_quiet_from", "mail_pause_reason",
            "mail_paused_at",
        ):  # fmt: skip
            table.drop_column(name)
    with op.batch_alter_table("mail") as table:
        table.drop_index("ix_mail_recipient_sent_at")
        table.drop_column("courtesy")
    with op.batch_alter_table("job") as table:
        for name in ("ix_job_actor_created_at", "ix_job_event_id_id", "ix_job_state_rank_run_at"):
            table.drop_index(name)
        table.drop_constraint(op.f("ck_job_actor_length"), type_="check")
        for name in ("again_of", "released_at", "held", "tried_at", "actor", "rank"):
            table.drop_column(name)
        table.create_index("ix_job_state_run_at", ["state", "run_at"])

"""People registered by a colleague, places held for somebody, terms for organisations."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

NUMBERS = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
OF_GROUP = ["event_id", "group_id"]
GROUP = ["registration_group.event_id", "registration_group.id"]


def upgrade() -> None:
    """People registered by a colleague, places held for somebody, terms for organisations."""
    _create_groups()
    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.add_column(sa.Column("group_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_registration_event_id_group_id_registration_group"),
            "registration_group",
            OF_GROUP,
            ["event_id", "id"],
        )
        batch_op.create_index("ix_registration_group_id", ["group_id"], unique=False)
    _create_held_places()
    op.create_table(
        "group_terms",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("organisation_cap", sa.Integer(), nullable=True),
        sa.Column("substitute_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("choose_sessions", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_group_terms_event_id_event")
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_group_terms")),
    )


def _create_groups() -> None:
    op.create_table(
        "registration_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("contact_name", sa.String(length=240), nullable=False),
        sa.Column("contact_email", sa.String(length=320), nullable=False),
        sa.Column("contact_phone", sa.String(length=40), nullable=False),
        sa.Column("locale", sa.String(length=8), nullable=False),
        sa.Column("together", sa.Boolean(), nullable=False),
        sa.Column("link_generation", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        *_lengths("registration_group", contact_name=240, contact_email=320),
        *_lengths("registration_group", contact_phone=40, locale=8),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_registration_group_event_id_event")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_registration_group_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["category_id"],
            ["category.id"],
            name=op.f("fk_registration_group_category_id_category"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_group")),
        sa.UniqueConstraint("event_id", "id", name=op.f("uq_registration_group_event_id_id")),
    )
    with op.batch_alter_table("registration_group", schema=None) as batch_op:
        batch_op.create_index(
            "ix_registration_group_event_id_contact_email",
            ["event_id", "contact_email"],
            unique=False,
        )
        batch_op.create_index(
            "ix_registration_group_organisation_id", ["organisation_id"], unique=False
        )


def _create_held_places() -> None:
    op.create_table(
        "held_place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("registration_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("session_ids", NUMBERS, nullable=False),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("link_generation", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        *_lengths("held_place", email=320),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_held_place_event_id_event")
        ),
        sa.ForeignKeyConstraint(
            OF_GROUP, GROUP, name=op.f("fk_held_place_event_id_group_id_registration_group")
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"],
            ["registration.id"],
            name=op.f("fk_held_place_replaces_id_registration"),
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_held_place_registration_id_registration"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_place")),
    )
    with op.batch_alter_table("held_place", schema=None) as batch_op:
        batch_op.create_index("ix_held_place_event_id_state", ["event_id", "state"], unique=False)
        batch_op.create_index("ix_held_place_group_id", ["group_id"], unique=False)
        batch_op.create_index("ix_held_place_replaces_id", ["replaces_id"], unique=False)


def _lengths(table: str, **columns: int) -> list[sa.CheckConstraint]:
    return [
        sa.CheckConstraint(f"length({name}) <= {most}", name=op.f(f"ck_{table}_{name}_length"))
        for name, most in columns.items()
    ]


def downgrade() -> None:
    """Forget the groups; whoever was registered by a colleague stays."""
    op.drop_table("group_terms")
    op.drop_table("held_place")
    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.drop_index("ix_registration_group_id")
        batch_op.drop_constraint(
            op.f("fk_registration_event_id_group_id_registration_group"), type_="foreignkey"
        )
        batch_op.drop_column("group_id")
    op.drop_table("registration_group")

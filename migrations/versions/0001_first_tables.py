"""First tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """First tables."""
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("locale", sa.String(length=8), nullable=False),
        sa.Column("is_administrator", sa.Boolean(), nullable=False),
        sa.Column("credential_version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(email) <= 320", name=op.f("ck_account_email_length")),
        sa.CheckConstraint("length(locale) <= 8", name=op.f("ck_account_locale_length")),
        sa.CheckConstraint("length(name) <= 200", name=op.f("ck_account_name_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
    )
    op.create_table(
        "fact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("data", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.CheckConstraint("length(actor) <= 64", name=op.f("ck_fact_actor_length")),
        sa.CheckConstraint("length(kind) <= 64", name=op.f("ck_fact_kind_length")),
        sa.CheckConstraint("length(subject) <= 64", name=op.f("ck_fact_subject_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact")),
    )
    with op.batch_alter_table("fact", schema=None) as batch_op:
        batch_op.create_index("ix_fact_event_id_id", ["event_id", "id"], unique=False)
        batch_op.create_index("ix_fact_subject", ["subject"], unique=False)

    op.create_table(
        "host",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.CheckConstraint("length(name) <= 300", name=op.f("ck_host_name_length")),
        sa.CheckConstraint("length(slug) <= 80", name=op.f("ck_host_slug_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_host")),
        sa.UniqueConstraint("slug", name=op.f("uq_host_slug")),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("args", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("lane", sa.String(length=320), nullable=True),
        sa.Column("key", sa.String(length=120), nullable=True),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leased_by", sa.String(length=120), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.CheckConstraint('length("key") <= 120', name=op.f("ck_job_key_length")),
        sa.CheckConstraint("length(error) <= 500", name=op.f("ck_job_error_length")),
        sa.CheckConstraint("length(lane) <= 320", name=op.f("ck_job_lane_length")),
        sa.CheckConstraint("length(leased_by) <= 120", name=op.f("ck_job_leased_by_length")),
        sa.CheckConstraint("length(name) <= 100", name=op.f("ck_job_name_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("key", name=op.f("uq_job_key")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index("ix_job_lane_id", ["lane", "id"], unique=False)
        batch_op.create_index("ix_job_state_run_at", ["state", "run_at"], unique=False)

    op.create_table(
        "mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=100), nullable=False),
        sa.Column("about", sa.String(length=64), nullable=False),
        sa.Column("recipient", sa.String(length=320), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(about) <= 64", name=op.f("ck_mail_about_length")),
        sa.CheckConstraint("length(error) <= 500", name=op.f("ck_mail_error_length")),
        sa.CheckConstraint("length(kind) <= 100", name=op.f("ck_mail_kind_length")),
        sa.CheckConstraint("length(message_id) <= 200", name=op.f("ck_mail_message_id_length")),
        sa.CheckConstraint("length(recipient) <= 320", name=op.f("ck_mail_recipient_length")),
        sa.CheckConstraint("length(subject) <= 300", name=op.f("ck_mail_subject_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
        sa.UniqueConstraint("job_id", name=op.f("uq_mail_job_id")),
    )
    with op.batch_alter_table("mail", schema=None) as batch_op:
        batch_op.create_index("ix_mail_about", ["about"], unique=False)
        batch_op.create_index("ix_mail_event_id_id", ["event_id", "id"], unique=False)

    op.create_table(
        "setting",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("value", sa.String(length=2000), nullable=False),
        sa.CheckConstraint('length("key") <= 64', name=op.f("ck_setting_key_length")),
        sa.CheckConstraint("length(value) <= 2000", name=op.f("ck_setting_value_length")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_setting")),
    )
    op.create_table(
        "submission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(length=120), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column(
            "answer", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint('length("key") <= 120', name=op.f("ck_submission_key_length")),
        sa.CheckConstraint("length(body_hash) <= 64", name=op.f("ck_submission_body_hash_length")),
        sa.CheckConstraint("length(scope) <= 120", name=op.f("ck_submission_scope_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("scope", "key", name=op.f("uq_submission_scope_key")),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("host_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("ref", sa.String(length=40), nullable=True),
        sa.Column(
            "title", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column(
            "subtitle", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column(
            "description", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("previous_slug", sa.String(length=80), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("registration_opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("registration_closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("requires_approval", sa.Boolean(), nullable=False),
        sa.Column("walk_ins", sa.Boolean(), nullable=False),
        sa.Column("overbooking_percent", sa.Integer(), nullable=False),
        sa.Column("certificate_min_percent", sa.Integer(), nullable=False),
        sa.Column("certificate_number_format", sa.String(length=80), nullable=False),
        sa.Column("grace_minutes", sa.Integer(), nullable=False),
        sa.Column("contact_name", sa.String(length=200), nullable=False),
        sa.Column("contact_email", sa.String(length=320), nullable=False),
        sa.Column("contact_phone", sa.String(length=40), nullable=False),
        sa.Column("area_description", sa.String(length=500), nullable=False),
        sa.Column(
            "area_county_codes",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "project", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "length(area_description) <= 500", name=op.f("ck_event_area_description_length")
        ),
        sa.CheckConstraint(
            "length(certificate_number_format) <= 80",
            name=op.f("ck_event_certificate_number_format_length"),
        ),
        sa.CheckConstraint(
            "length(contact_email) <= 320", name=op.f("ck_event_contact_email_length")
        ),
        sa.CheckConstraint(
            "length(contact_name) <= 200", name=op.f("ck_event_contact_name_length")
        ),
        sa.CheckConstraint(
            "length(contact_phone) <= 40", name=op.f("ck_event_contact_phone_length")
        ),
        sa.CheckConstraint(
            "length(previous_slug) <= 80", name=op.f("ck_event_previous_slug_length")
        ),
        sa.CheckConstraint("length(ref) <= 40", name=op.f("ck_event_ref_length")),
        sa.CheckConstraint("length(slug) <= 80", name=op.f("ck_event_slug_length")),
        sa.CheckConstraint("length(timezone) <= 64", name=op.f("ck_event_timezone_length")),
        sa.ForeignKeyConstraint(["host_id"], ["host.id"], name=op.f("fk_event_host_id_host")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("slug", name=op.f("uq_event_slug")),
    )
    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("host_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("category", sa.String(length=60), nullable=False),
        sa.Column("nip", sa.String(length=10), nullable=True),
        sa.Column("regon", sa.String(length=14), nullable=True),
        sa.Column("krs", sa.String(length=10), nullable=True),
        sa.Column("street", sa.String(length=200), nullable=False),
        sa.Column("postcode", sa.String(length=12), nullable=False),
        sa.Column("city", sa.String(length=120), nullable=False),
        sa.Column("gmina", sa.String(length=120), nullable=False),
        sa.Column("county", sa.String(length=120), nullable=False),
        sa.Column("teryt", sa.String(length=8), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("business_activity", sa.Boolean(), nullable=True),
        sa.Column("run_by_id", sa.Integer(), nullable=True),
        sa.Column("sort_key", sa.String(length=900), nullable=False),
        sa.Column("search_key", sa.String(length=900), nullable=False),
        sa.CheckConstraint("length(category) <= 60", name=op.f("ck_organisation_category_length")),
        sa.CheckConstraint("length(city) <= 120", name=op.f("ck_organisation_city_length")),
        sa.CheckConstraint("length(county) <= 120", name=op.f("ck_organisation_county_length")),
        sa.CheckConstraint("length(email) <= 320", name=op.f("ck_organisation_email_length")),
        sa.CheckConstraint("length(gmina) <= 120", name=op.f("ck_organisation_gmina_length")),
        sa.CheckConstraint("length(krs) <= 10", name=op.f("ck_organisation_krs_length")),
        sa.CheckConstraint("length(name) <= 300", name=op.f("ck_organisation_name_length")),
        sa.CheckConstraint("length(nip) <= 10", name=op.f("ck_organisation_nip_length")),
        sa.CheckConstraint("length(postcode) <= 12", name=op.f("ck_organisation_postcode_length")),
        sa.CheckConstraint("length(regon) <= 14", name=op.f("ck_organisation_regon_length")),
        sa.CheckConstraint(
            "length(search_key) <= 900", name=op.f("ck_organisation_search_key_length")
        ),
        sa.CheckConstraint("length(sort_key) <= 900", name=op.f("ck_organisation_sort_key_length")),
        sa.CheckConstraint("length(street) <= 200", name=op.f("ck_organisation_street_length")),
        sa.CheckConstraint("length(teryt) <= 8", name=op.f("ck_organisation_teryt_length")),
        sa.ForeignKeyConstraint(
            ["host_id"], ["host.id"], name=op.f("fk_organisation_host_id_host")
        ),
        sa.ForeignKeyConstraint(
            ["run_by_id"], ["organisation.id"], name=op.f("fk_organisation_run_by_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("host_id", "nip", name=op.f("uq_organisation_host_id_nip")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("host_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("first_name", sa.String(length=120), nullable=False),
        sa.Column("last_name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("sort_key", sa.String(length=900), nullable=False),
        sa.Column("search_key", sa.String(length=900), nullable=False),
        sa.CheckConstraint("length(email) <= 320", name=op.f("ck_person_email_length")),
        sa.CheckConstraint("length(first_name) <= 120", name=op.f("ck_person_first_name_length")),
        sa.CheckConstraint("length(last_name) <= 120", name=op.f("ck_person_last_name_length")),
        sa.CheckConstraint("length(search_key) <= 900", name=op.f("ck_person_search_key_length")),
        sa.CheckConstraint("length(sort_key) <= 900", name=op.f("ck_person_sort_key_length")),
        sa.CheckConstraint("length(title) <= 60", name=op.f("ck_person_title_length")),
        sa.ForeignKeyConstraint(["host_id"], ["host.id"], name=op.f("fk_person_host_id_host")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index("ix_person_host_id_email", ["host_id", "email"], unique=False)

    op.create_table(
        "sign_in_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("code_attempts", sa.Integer(), nullable=False),
        sa.Column("credential_version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(nonce) <= 64", name=op.f("ck_sign_in_link_nonce_length")),
        sa.CheckConstraint(
            "length(token_hash) <= 64", name=op.f("ck_sign_in_link_token_hash_length")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_sign_in_link_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_link_token_hash")),
    )
    with op.batch_alter_table("sign_in_link", schema=None) as batch_op:
        batch_op.create_index("ix_sign_in_link_account_id", ["account_id"], unique=False)

    op.create_table(
        "signed_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("device", sa.String(length=200), nullable=False),
        sa.Column("credential_version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(device) <= 200", name=op.f("ck_signed_in_device_length")),
        sa.CheckConstraint("length(token_hash) <= 64", name=op.f("ck_signed_in_token_hash_length")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_signed_in_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signed_in")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_signed_in_token_hash")),
    )
    with op.batch_alter_table("signed_in", schema=None) as batch_op:
        batch_op.create_index("ix_signed_in_account_id", ["account_id"], unique=False)

    op.create_table(
        "activity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column(
            "title", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column(
            "abstract", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("tags", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.CheckConstraint("length(language) <= 8", name=op.f("ck_activity_language_length")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_activity_event_id_event")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
    )
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.create_index("ix_activity_event_id", ["event_id"], unique=False)

    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column(
            "scopes", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(label) <= 120", name=op.f("ck_api_token_label_length")),
        sa.CheckConstraint("length(token_hash) <= 64", name=op.f("ck_api_token_token_hash_length")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_api_token_event_id_event")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    op.create_table(
        "area_unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("teryt6", sa.String(length=6), nullable=False),
        sa.Column("type_digit", sa.String(length=1), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("county", sa.String(length=120), nullable=False),
        sa.Column("county_code", sa.String(length=4), nullable=False),
        sa.CheckConstraint("length(county) <= 120", name=op.f("ck_area_unit_county_length")),
        sa.CheckConstraint(
            "length(county_code) <= 4", name=op.f("ck_area_unit_county_code_length")
        ),
        sa.CheckConstraint("length(name) <= 120", name=op.f("ck_area_unit_name_length")),
        sa.CheckConstraint("length(teryt6) <= 6", name=op.f("ck_area_unit_teryt6_length")),
        sa.CheckConstraint("length(type_digit) <= 1", name=op.f("ck_area_unit_type_digit_length")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_area_unit_event_id_event")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area_unit")),
        sa.UniqueConstraint(
            "event_id", "teryt6", "type_digit", name=op.f("uq_area_unit_event_id_teryt6_type_digit")
        ),
    )
    op.create_table(
        "call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("formal_check_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completion_days", sa.Integer(), nullable=False),
        sa.Column("scoring_opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("scoring_closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("meets_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("public_vote_opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("public_vote_closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("embargo_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "rulebook", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("rulebook_sha256", sa.String(length=64), nullable=True),
        sa.Column(
            "rules", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column(
            "regulations", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("number_prefix", sa.String(length=30), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "length(number_prefix) <= 30", name=op.f("ck_call_number_prefix_length")
        ),
        sa.CheckConstraint(
            "length(rulebook_sha256) <= 64", name=op.f("ck_call_rulebook_sha256_length")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_call_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
    )
    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.create_index("ix_call_event_id", ["event_id"], unique=False)

    op.create_table(
        "category",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("group", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint('length("group") <= 20', name=op.f("ck_category_group_length")),
        sa.CheckConstraint("length(code) <= 60", name=op.f("ck_category_code_length")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_category_event_id_event")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category")),
        sa.UniqueConstraint("event_id", "code", name=op.f("uq_category_event_id_code")),
    )
    op.create_table(
        "day",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=40), nullable=True),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column(
            "label", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.CheckConstraint("length(ref) <= 40", name=op.f("ck_day_ref_length")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_day_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day")),
        sa.UniqueConstraint("event_id", "date", name=op.f("uq_day_event_id_date")),
        sa.UniqueConstraint("event_id", "ref", name=op.f("uq_day_event_id_ref")),
    )
    op.create_table(
        "organiser",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=40), nullable=True),
        sa.Column("name", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("role", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(ref) <= 40", name=op.f("ck_organiser_ref_length")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_organiser_event_id_event")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organiser")),
        sa.UniqueConstraint("event_id", "ref", name=op.f("uq_organiser_event_id_ref")),
    )
    op.create_table(
        "speaker",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=40), nullable=True),
        sa.Column("bio", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column(
            "topics", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.CheckConstraint("length(ref) <= 40", name=op.f("ck_speaker_ref_length")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_speaker_event_id_event")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_speaker_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_speaker")),
        sa.UniqueConstraint("event_id", "person_id", name=op.f("uq_speaker_event_id_person_id")),
        sa.UniqueConstraint("event_id", "ref", name=op.f("uq_speaker_event_id_ref")),
    )
    op.create_table(
        "team_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column(
            "function", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("ref", sa.String(length=40), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(ref) <= 40", name=op.f("ck_team_member_ref_length")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_team_member_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_team_member_event_id_event")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_member")),
        sa.UniqueConstraint(
            "event_id", "account_id", "role", name=op.f("uq_team_member_event_id_account_id_role")
        ),
    )
    with op.batch_alter_table("team_member", schema=None) as batch_op:
        batch_op.create_index("ix_team_member_account_id", ["account_id"], unique=False)

    op.create_table(
        "venue",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=40), nullable=True),
        sa.Column("name", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column(
            "short", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("street", sa.String(length=200), nullable=False),
        sa.Column("postcode", sa.String(length=12), nullable=False),
        sa.Column("city", sa.String(length=120), nullable=False),
        sa.Column("teryt", sa.String(length=8), nullable=False),
        sa.Column(
            "accessibility",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(city) <= 120", name=op.f("ck_venue_city_length")),
        sa.CheckConstraint("length(postcode) <= 12", name=op.f("ck_venue_postcode_length")),
        sa.CheckConstraint("length(ref) <= 40", name=op.f("ck_venue_ref_length")),
        sa.CheckConstraint("length(street) <= 200", name=op.f("ck_venue_street_length")),
        sa.CheckConstraint("length(teryt) <= 8", name=op.f("ck_venue_teryt_length")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_venue_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_venue")),
        sa.UniqueConstraint("event_id", "ref", name=op.f("uq_venue_event_id_ref")),
    )
    op.create_table(
        "award",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=40), nullable=True),
        sa.Column("name", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column(
            "eligible_types",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "criteria", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(ref) <= 40", name=op.f("ck_award_ref_length")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_award_call_id_call")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_award_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award")),
        sa.UniqueConstraint("event_id", "ref", name=op.f("uq_award_event_id_ref")),
    )
    with op.batch_alter_table("award", schema=None) as batch_op:
        batch_op.create_index("ix_award_call_id", ["call_id"], unique=False)

    op.create_table(
        "commitment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column(
            "label", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("length(source) <= 64", name=op.f("ck_commitment_source_length")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_commitment_event_id_event")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_commitment_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["venue_id"], ["venue.id"], name=op.f("fk_commitment_venue_id_venue")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitment")),
        sa.UniqueConstraint(
            "person_id", "kind", "source", name=op.f("uq_commitment_person_id_kind_source")
        ),
    )
    with op.batch_alter_table("commitment", schema=None) as batch_op:
        batch_op.create_index("ix_commitment_source", ["source"], unique=False)

    op.create_table(
        "juror",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("ref", sa.String(length=40), nullable=True),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("voting", sa.Boolean(), nullable=False),
        sa.Column("institution", sa.String(length=300), nullable=False),
        sa.Column("declaration_signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declaration_sha256", sa.String(length=64), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "length(declaration_sha256) <= 64", name=op.f("ck_juror_declaration_sha256_length")
        ),
        sa.CheckConstraint("length(institution) <= 300", name=op.f("ck_juror_institution_length")),
        sa.CheckConstraint("length(ref) <= 40", name=op.f("ck_juror_ref_length")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_juror_account_id_account")
        ),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_juror_call_id_call")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_juror_event_id_event")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_juror_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_juror")),
        sa.UniqueConstraint("call_id", "person_id", name=op.f("uq_juror_call_id_person_id")),
        sa.UniqueConstraint("event_id", "ref", name=op.f("uq_juror_event_id_ref")),
    )
    op.create_table(
        "registration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("ref", sa.String(length=40), nullable=True),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("first_name", sa.String(length=120), nullable=False),
        sa.Column("last_name", sa.String(length=120), nullable=False),
        sa.Column("form_of_address", sa.String(length=32), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("locale", sa.String(length=8), nullable=False),
        sa.Column("job", sa.String(length=200), nullable=False),
        sa.Column("postcode", sa.String(length=12), nullable=False),
        sa.Column("gmina", sa.String(length=120), nullable=False),
        sa.Column("county", sa.String(length=120), nullable=False),
        sa.Column("teryt", sa.String(length=8), nullable=False),
        sa.Column("in_area", sa.Boolean(), nullable=True),
        sa.Column("diet", sa.String(length=60), nullable=False),
        sa.Column(
            "needs", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column(
            "accommodation",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "transport", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("badge_generation", sa.Integer(), nullable=False),
        sa.Column("badge_hash", sa.String(length=64), nullable=True),
        sa.Column("link_generation", sa.Integer(), nullable=False),
        sa.Column("feed_generation", sa.Integer(), nullable=False),
        sa.Column("sort_key", sa.String(length=900), nullable=False),
        sa.Column("search_key", sa.String(length=1200), nullable=False),
        sa.Column("identity_key", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "length(badge_hash) <= 64", name=op.f("ck_registration_badge_hash_length")
        ),
        sa.CheckConstraint("length(county) <= 120", name=op.f("ck_registration_county_length")),
        sa.CheckConstraint("length(diet) <= 60", name=op.f("ck_registration_diet_length")),
        sa.CheckConstraint("length(email) <= 320", name=op.f("ck_registration_email_length")),
        sa.CheckConstraint(
            "length(first_name) <= 120", name=op.f("ck_registration_first_name_length")
        ),
        sa.CheckConstraint("length(gmina) <= 120", name=op.f("ck_registration_gmina_length")),
        sa.CheckConstraint(
            "length(identity_key) <= 64", name=op.f("ck_registration_identity_key_length")
        ),
        sa.CheckConstraint("length(job) <= 200", name=op.f("ck_registration_job_length")),
        sa.CheckConstraint(
            "length(last_name) <= 120", name=op.f("ck_registration_last_name_length")
        ),
        sa.CheckConstraint("length(locale) <= 8", name=op.f("ck_registration_locale_length")),
        sa.CheckConstraint("length(number) <= 16", name=op.f("ck_registration_number_length")),
        sa.CheckConstraint("length(phone) <= 40", name=op.f("ck_registration_phone_length")),
        sa.CheckConstraint("length(postcode) <= 12", name=op.f("ck_registration_postcode_length")),
        sa.CheckConstraint("length(ref) <= 40", name=op.f("ck_registration_ref_length")),
        sa.CheckConstraint(
            "length(search_key) <= 1200", name=op.f("ck_registration_search_key_length")
        ),
        sa.CheckConstraint("length(sort_key) <= 900", name=op.f("ck_registration_sort_key_length")),
        sa.CheckConstraint("length(teryt) <= 8", name=op.f("ck_registration_teryt_length")),
        sa.CheckConstraint("length(title) <= 60", name=op.f("ck_registration_title_length")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_registration_category_id_category")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_registration_event_id_event")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_registration_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_registration_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"],
            ["registration.id"],
            name=op.f("fk_registration_replaces_id_registration"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration")),
        sa.UniqueConstraint("badge_hash", name=op.f("uq_registration_badge_hash")),
        sa.UniqueConstraint(
            "event_id", "identity_key", name=op.f("uq_registration_event_id_identity_key")
        ),
        sa.UniqueConstraint("event_id", "number", name=op.f("uq_registration_event_id_number")),
        sa.UniqueConstraint("event_id", "ref", name=op.f("uq_registration_event_id_ref")),
    )
    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.create_index("ix_registration_event_id_email", ["event_id", "email"], unique=False)
        batch_op.create_index(
            "ix_registration_event_id_sort_key", ["event_id", "sort_key"], unique=False
        )
        batch_op.create_index("ix_registration_person_id", ["person_id"], unique=False)

    op.create_table(
        "room",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=40), nullable=True),
        sa.Column("name", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column(
            "floor", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column(
            "features", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(ref) <= 40", name=op.f("ck_room_ref_length")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_room_event_id_event")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_room_venue_id_venue")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room")),
        sa.UniqueConstraint("event_id", "ref", name=op.f("uq_room_event_id_ref")),
    )
    with op.batch_alter_table("room", schema=None) as batch_op:
        batch_op.create_index("ix_room_venue_id", ["venue_id"], unique=False)

    op.create_table(
        "consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("clause_version", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "length(clause_version) <= 40", name=op.f("ck_consent_clause_version_length")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_consent_registration_id_registration"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.create_index(
            "ix_consent_registration_id_kind", ["registration_id", "kind"], unique=False
        )

    op.create_table(
        "monitoring_record",
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_monitoring_record_registration_id_registration"),
        ),
        sa.PrimaryKeyConstraint("registration_id", name=op.f("pk_monitoring_record")),
    )
    op.create_table(
        "nomination",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("award_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("ref", sa.String(length=40), nullable=True),
        sa.Column("number", sa.String(length=60), nullable=True),
        sa.Column("nominee", sa.String(length=300), nullable=False),
        sa.Column("nominee_category", sa.String(length=60), nullable=False),
        sa.Column("nominee_email", sa.String(length=320), nullable=True),
        sa.Column("nominator", sa.String(length=300), nullable=False),
        sa.Column("nominator_email", sa.String(length=320), nullable=True),
        sa.Column("is_self", sa.Boolean(), nullable=False),
        sa.Column("locale", sa.String(length=8), nullable=False),
        sa.Column("consent", sa.String(length=32), nullable=False),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("justification", sa.String(length=8000), nullable=False),
        sa.Column(
            "summary", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("formal_result", sa.String(length=32), nullable=True),
        sa.Column("formal_reason", sa.String(length=1000), nullable=True),
        sa.Column(
            "checklist", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("complete_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=1000), nullable=False),
        sa.Column("public_votes", sa.Integer(), nullable=True),
        sa.Column("link_generation", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "length(formal_reason) <= 1000", name=op.f("ck_nomination_formal_reason_length")
        ),
        sa.CheckConstraint(
            "length(justification) <= 8000", name=op.f("ck_nomination_justification_length")
        ),
        sa.CheckConstraint("length(locale) <= 8", name=op.f("ck_nomination_locale_length")),
        sa.CheckConstraint("length(nominator) <= 300", name=op.f("ck_nomination_nominator_length")),
        sa.CheckConstraint(
            "length(nominator_email) <= 320", name=op.f("ck_nomination_nominator_email_length")
        ),
        sa.CheckConstraint("length(nominee) <= 300", name=op.f("ck_nomination_nominee_length")),
        sa.CheckConstraint(
            "length(nominee_category) <= 60", name=op.f("ck_nomination_nominee_category_length")
        ),
        sa.CheckConstraint(
            "length(nominee_email) <= 320", name=op.f("ck_nomination_nominee_email_length")
        ),
        sa.CheckConstraint("length(number) <= 60", name=op.f("ck_nomination_number_length")),
        sa.CheckConstraint("length(ref) <= 40", name=op.f("ck_nomination_ref_length")),
        sa.CheckConstraint(
            "length(withdrawn_reason) <= 1000", name=op.f("ck_nomination_withdrawn_reason_length")
        ),
        sa.ForeignKeyConstraint(
            ["award_id"], ["award.id"], name=op.f("fk_nomination_award_id_award")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_nomination_event_id_event")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_nomination_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nomination")),
        sa.UniqueConstraint("event_id", "number", name=op.f("uq_nomination_event_id_number")),
        sa.UniqueConstraint("event_id", "ref", name=op.f("uq_nomination_event_id_ref")),
    )
    with op.batch_alter_table("nomination", schema=None) as batch_op:
        batch_op.create_index("ix_nomination_award_id", ["award_id"], unique=False)

    op.create_table(
        "pause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("day_id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=True),
        sa.Column("ref", sa.String(length=40), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "title", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.CheckConstraint("length(ref) <= 40", name=op.f("ck_pause_ref_length")),
        sa.ForeignKeyConstraint(["day_id"], ["day.id"], name=op.f("fk_pause_day_id_day")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_pause_event_id_event")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_pause_room_id_room")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pause")),
        sa.UniqueConstraint("event_id", "ref", name=op.f("uq_pause_event_id_ref")),
    )
    op.create_table(
        "retired_badge",
        sa.Column("badge_hash", sa.String(length=64), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "length(badge_hash) <= 64", name=op.f("ck_retired_badge_badge_hash_length")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_retired_badge_registration_id_registration"),
        ),
        sa.PrimaryKeyConstraint("badge_hash", name=op.f("pk_retired_badge")),
    )
    op.create_table(
        "round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("award_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column(
            "rulebook", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("rulebook_sha256", sa.String(length=64), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("close_reason", sa.String(length=1000), nullable=False),
        sa.CheckConstraint(
            "length(close_reason) <= 1000", name=op.f("ck_round_close_reason_length")
        ),
        sa.CheckConstraint(
            "length(rulebook_sha256) <= 64", name=op.f("ck_round_rulebook_sha256_length")
        ),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"], name=op.f("fk_round_award_id_award")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_round_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round")),
    )
    with op.batch_alter_table("round", schema=None) as batch_op:
        batch_op.create_index("ix_round_award_id", ["award_id"], unique=False)

    op.create_table(
        "session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("day_id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=True),
        sa.Column("ref", sa.String(length=40), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("sign_up", sa.String(length=32), nullable=False),
        sa.Column("waiting_list", sa.Boolean(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("sign_up_opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sign_up_closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("break_minutes", sa.Integer(), nullable=False),
        sa.Column("support_minutes", sa.Integer(), nullable=False),
        sa.Column("counts_for_certificate", sa.Boolean(), nullable=False),
        sa.Column("compulsory", sa.Boolean(), nullable=False),
        sa.Column("travel_buffer_minutes", sa.Integer(), nullable=False),
        sa.Column(
            "accessibility",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
        ),
        sa.Column("confirmed", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("tickets", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(ref) <= 40", name=op.f("ck_session_ref_length")),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_session_activity_id_activity")
        ),
        sa.ForeignKeyConstraint(["day_id"], ["day.id"], name=op.f("fk_session_day_id_day")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_session_event_id_event")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_session_room_id_room")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        sa.UniqueConstraint("event_id", "ref", name=op.f("uq_session_event_id_ref")),
    )
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.create_index(
            "ix_session_event_id_starts_at", ["event_id", "starts_at"], unique=False
        )

    op.create_table(
        "absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("juror_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("marked_by", sa.String(length=64), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(marked_by) <= 64", name=op.f("ck_absence_marked_by_length")),
        sa.CheckConstraint("length(reason) <= 1000", name=op.f("ck_absence_reason_length")),
        sa.ForeignKeyConstraint(["juror_id"], ["juror.id"], name=op.f("fk_absence_juror_id_juror")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_absence_round_id_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
        sa.UniqueConstraint("round_id", "juror_id", name=op.f("uq_absence_round_id_juror_id")),
    )
    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("nomination_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(file_name) <= 200", name=op.f("ck_attachment_file_name_length")),
        sa.CheckConstraint(
            "length(media_type) <= 100", name=op.f("ck_attachment_media_type_length")
        ),
        sa.CheckConstraint("length(sha256) <= 64", name=op.f("ck_attachment_sha256_length")),
        sa.ForeignKeyConstraint(
            ["nomination_id"],
            ["nomination.id"],
            name=op.f("fk_attachment_nomination_id_nomination"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.create_index("ix_attachment_nomination_id", ["nomination_id"], unique=False)

    op.create_table(
        "ballot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("juror_id", sa.Integer(), nullable=False),
        sa.Column("nomination_id", sa.Integer(), nullable=False),
        sa.Column(
            "scores", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("comment", sa.String(length=4000), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("cast_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("void_reason", sa.String(length=1000), nullable=True),
        sa.Column("voided_by", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(comment) <= 4000", name=op.f("ck_ballot_comment_length")),
        sa.CheckConstraint(
            "length(void_reason) <= 1000", name=op.f("ck_ballot_void_reason_length")
        ),
        sa.CheckConstraint("length(voided_by) <= 64", name=op.f("ck_ballot_voided_by_length")),
        sa.ForeignKeyConstraint(["juror_id"], ["juror.id"], name=op.f("fk_ballot_juror_id_juror")),
        sa.ForeignKeyConstraint(
            ["nomination_id"], ["nomination.id"], name=op.f("fk_ballot_nomination_id_nomination")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_ballot_round_id_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot")),
        sa.UniqueConstraint(
            "round_id",
            "juror_id",
            "nomination_id",
            name=op.f("uq_ballot_round_id_juror_id_nomination_id"),
        ),
    )
    with op.batch_alter_table("ballot", schema=None) as batch_op:
        batch_op.create_index("ix_ballot_nomination_id", ["nomination_id"], unique=False)

    op.create_table(
        "chair_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("tied", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("choice", sa.Integer(), nullable=False),
        sa.Column("basis", sa.String(length=1000), nullable=False),
        sa.Column("decided_by", sa.String(length=64), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(basis) <= 1000", name=op.f("ck_chair_decision_basis_length")),
        sa.CheckConstraint(
            "length(decided_by) <= 64", name=op.f("ck_chair_decision_decided_by_length")
        ),
        sa.ForeignKeyConstraint(
            ["choice"], ["nomination.id"], name=op.f("fk_chair_decision_choice_nomination")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_chair_decision_round_id_round")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chair_decision")),
    )
    with op.batch_alter_table("chair_decision", schema=None) as batch_op:
        batch_op.create_index("ix_chair_decision_round_id", ["round_id"], unique=False)

    op.create_table(
        "checkpoint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("day_id", sa.Integer(), nullable=True),
        sa.Column("ref", sa.String(length=40), nullable=True),
        sa.Column("name", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("policy", sa.String(length=32), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(ref) <= 40", name=op.f("ck_checkpoint_ref_length")),
        sa.ForeignKeyConstraint(["day_id"], ["day.id"], name=op.f("fk_checkpoint_day_id_day")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_checkpoint_event_id_event")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("fk_checkpoint_session_id_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkpoint")),
        sa.UniqueConstraint("event_id", "ref", name=op.f("uq_checkpoint_event_id_ref")),
    )
    op.create_table(
        "dismissed_conflict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("juror_id", sa.Integer(), nullable=False),
        sa.Column("nomination_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("dismissed_by", sa.String(length=64), nullable=False),
        sa.Column("dismissed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "length(dismissed_by) <= 64", name=op.f("ck_dismissed_conflict_dismissed_by_length")
        ),
        sa.CheckConstraint(
            "length(reason) <= 1000", name=op.f("ck_dismissed_conflict_reason_length")
        ),
        sa.ForeignKeyConstraint(
            ["juror_id"], ["juror.id"], name=op.f("fk_dismissed_conflict_juror_id_juror")
        ),
        sa.ForeignKeyConstraint(
            ["nomination_id"],
            ["nomination.id"],
            name=op.f("fk_dismissed_conflict_nomination_id_nomination"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dismissed_conflict")),
        sa.UniqueConstraint(
            "juror_id", "nomination_id", name=op.f("uq_dismissed_conflict_juror_id_nomination_id")
        ),
    )
    op.create_table(
        "invite",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("uid", sa.String(length=300), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("partstat", sa.String(length=32), nullable=False),
        sa.Column("told", sa.String(length=100), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(email) <= 320", name=op.f("ck_invite_email_length")),
        sa.CheckConstraint("length(told) <= 100", name=op.f("ck_invite_told_length")),
        sa.CheckConstraint("length(uid) <= 300", name=op.f("ck_invite_uid_length")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_invite_event_id_event")),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_invite_registration_id_registration"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("fk_invite_session_id_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invite")),
        sa.UniqueConstraint(
            "registration_id",
            "session_id",
            "email",
            name=op.f("uq_invite_registration_id_session_id_email"),
        ),
        sa.UniqueConstraint("uid", name=op.f("uq_invite_uid")),
    )
    with op.batch_alter_table("invite", schema=None) as batch_op:
        batch_op.create_index("ix_invite_session_id", ["session_id"], unique=False)

    op.create_table(
        "recusal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("juror_id", sa.Integer(), nullable=False),
        sa.Column("nomination_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("declared_by", sa.String(length=64), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(declared_by) <= 64", name=op.f("ck_recusal_declared_by_length")),
        sa.CheckConstraint("length(reason) <= 1000", name=op.f("ck_recusal_reason_length")),
        sa.ForeignKeyConstraint(["juror_id"], ["juror.id"], name=op.f("fk_recusal_juror_id_juror")),
        sa.ForeignKeyConstraint(
            ["nomination_id"], ["nomination.id"], name=op.f("fk_recusal_nomination_id_nomination")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recusal")),
        sa.UniqueConstraint(
            "juror_id", "nomination_id", name=op.f("uq_recusal_juror_id_nomination_id")
        ),
    )
    op.create_table(
        "result",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column(
            "input", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column(
            "document", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counted_by", sa.String(length=64), nullable=False),
        sa.CheckConstraint("length(counted_by) <= 64", name=op.f("ck_result_counted_by_length")),
        sa.CheckConstraint("length(status) <= 20", name=op.f("ck_result_status_length")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_result_round_id_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_result")),
    )
    with op.batch_alter_table("result", schema=None) as batch_op:
        batch_op.create_index("ix_result_round_id", ["round_id"], unique=False)

    op.create_table(
        "session_speaker",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("speaker_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("fk_session_speaker_session_id_session")
        ),
        sa.ForeignKeyConstraint(
            ["speaker_id"], ["speaker.id"], name=op.f("fk_session_speaker_speaker_id_speaker")
        ),
        sa.PrimaryKeyConstraint("session_id", "speaker_id", name=op.f("pk_session_speaker")),
    )
    op.create_table(
        "sign_up",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("ticket", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_sign_up_registration_id_registration"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("fk_sign_up_session_id_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_up")),
        sa.UniqueConstraint(
            "session_id", "registration_id", name=op.f("uq_sign_up_session_id_registration_id")
        ),
        sa.UniqueConstraint("session_id", "ticket", name=op.f("uq_sign_up_session_id_ticket")),
    )
    with op.batch_alter_table("sign_up", schema=None) as batch_op:
        batch_op.create_index("ix_sign_up_registration_id", ["registration_id"], unique=False)
        batch_op.create_index(
            "ix_sign_up_session_id_state_ticket", ["session_id", "state", "ticket"], unique=False
        )

    op.create_table(
        "device",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("checkpoint_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("is_lead", sa.Boolean(), nullable=False),
        sa.Column("paired_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(name) <= 120", name=op.f("ck_device_name_length")),
        sa.CheckConstraint("length(token_hash) <= 64", name=op.f("ck_device_token_hash_length")),
        sa.ForeignKeyConstraint(
            ["checkpoint_id"], ["checkpoint.id"], name=op.f("fk_device_checkpoint_id_checkpoint")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_device_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_device_token_hash")),
    )
    op.create_table(
        "presence",
        sa.Column("checkpoint_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("inside", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_scan", sa.String(length=64), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_station", sa.String(length=120), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_device_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("length(first_scan) <= 64", name=op.f("ck_presence_first_scan_length")),
        sa.CheckConstraint(
            "length(first_station) <= 120", name=op.f("ck_presence_first_station_length")
        ),
        sa.ForeignKeyConstraint(
            ["checkpoint_id"], ["checkpoint.id"], name=op.f("fk_presence_checkpoint_id_checkpoint")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_presence_registration_id_registration"),
        ),
        sa.PrimaryKeyConstraint("checkpoint_id", "registration_id", name=op.f("pk_presence")),
    )
    with op.batch_alter_table("presence", schema=None) as batch_op:
        batch_op.create_index("ix_presence_registration_id", ["registration_id"], unique=False)

    op.create_table(
        "scan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("checkpoint_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.Column("registration_id", sa.Integer(), nullable=True),
        sa.Column("scan_id", sa.String(length=64), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("direction", sa.String(length=32), nullable=False),
        sa.Column("method", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column(
            "answer", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("station", sa.String(length=120), nullable=False),
        sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("admitted_scan_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.String(length=64), nullable=True),
        sa.CheckConstraint("length(actor) <= 64", name=op.f("ck_scan_actor_length")),
        sa.CheckConstraint("length(body_hash) <= 64", name=op.f("ck_scan_body_hash_length")),
        sa.CheckConstraint("length(reason) <= 500", name=op.f("ck_scan_reason_length")),
        sa.CheckConstraint("length(scan_id) <= 64", name=op.f("ck_scan_scan_id_length")),
        sa.CheckConstraint("length(station) <= 120", name=op.f("ck_scan_station_length")),
        sa.CheckConstraint("length(undone_by) <= 64", name=op.f("ck_scan_undone_by_length")),
        sa.ForeignKeyConstraint(
            ["admitted_scan_id"], ["scan.id"], name=op.f("fk_scan_admitted_scan_id_scan")
        ),
        sa.ForeignKeyConstraint(
            ["checkpoint_id"], ["checkpoint.id"], name=op.f("fk_scan_checkpoint_id_checkpoint")
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_scan_device_id_device")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_scan_event_id_event")),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_scan_registration_id_registration"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan")),
        sa.UniqueConstraint("scan_id", name=op.f("uq_scan_scan_id")),
    )
    with op.batch_alter_table("scan", schema=None) as batch_op:
        batch_op.create_index(
            "ix_scan_checkpoint_id_registration_id",
            ["checkpoint_id", "registration_id"],
            unique=False,
        )
        batch_op.create_index("ix_scan_event_id_id", ["event_id", "id"], unique=False)
        batch_op.create_index("ix_scan_registration_id", ["registration_id"], unique=False)


def downgrade() -> None:
    """Undo it."""
    with op.batch_alter_table("scan", schema=None) as batch_op:
        batch_op.drop_index("ix_scan_registration_id")
        batch_op.drop_index("ix_scan_event_id_id")
        batch_op.drop_index("ix_scan_checkpoint_id_registration_id")

    op.drop_table("scan")
    with op.batch_alter_table("presence", schema=None) as batch_op:
        batch_op.drop_index("ix_presence_registration_id")

    op.drop_table("presence")
    op.drop_table("device")
    with op.batch_alter_table("sign_up", schema=None) as batch_op:
        batch_op.drop_index("ix_sign_up_session_id_state_ticket")
        batch_op.drop_index("ix_sign_up_registration_id")

    op.drop_table("sign_up")
    op.drop_table("session_speaker")
    with op.batch_alter_table("result", schema=None) as batch_op:
        batch_op.drop_index("ix_result_round_id")

    op.drop_table("result")
    op.drop_table("recusal")
    with op.batch_alter_table("invite", schema=None) as batch_op:
        batch_op.drop_index("ix_invite_session_id")

    op.drop_table("invite")
    op.drop_table("dismissed_conflict")
    op.drop_table("checkpoint")
    with op.batch_alter_table("chair_decision", schema=None) as batch_op:
        batch_op.drop_index("ix_chair_decision_round_id")

    op.drop_table("chair_decision")
    with op.batch_alter_table("ballot", schema=None) as batch_op:
        batch_op.drop_index("ix_ballot_nomination_id")

    op.drop_table("ballot")
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.drop_index("ix_attachment_nomination_id")

    op.drop_table("attachment")
    op.drop_table("absence")
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.drop_index("ix_session_event_id_starts_at")

    op.drop_table("session")
    with op.batch_alter_table("round", schema=None) as batch_op:
        batch_op.drop_index("ix_round_award_id")

    op.drop_table("round")
    op.drop_table("retired_badge")
    op.drop_table("pause")
    with op.batch_alter_table("nomination", schema=None) as batch_op:
        batch_op.drop_index("ix_nomination_award_id")

    op.drop_table("nomination")
    op.drop_table("monitoring_record")
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.drop_index("ix_consent_registration_id_kind")

    op.drop_table("consent")
    with op.batch_alter_table("room", schema=None) as batch_op:
        batch_op.drop_index("ix_room_venue_id")

    op.drop_table("room")
    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.drop_index("ix_registration_person_id")
        batch_op.drop_index("ix_registration_event_id_sort_key")
        batch_op.drop_index("ix_registration_event_id_email")

    op.drop_table("registration")
    op.drop_table("juror")
    with op.batch_alter_table("commitment", schema=None) as batch_op:
        batch_op.drop_index("ix_commitment_source")

    op.drop_table("commitment")
    with op.batch_alter_table("award", schema=None) as batch_op:
        batch_op.drop_index("ix_award_call_id")

    op.drop_table("award")
    op.drop_table("venue")
    with op.batch_alter_table("team_member", schema=None) as batch_op:
        batch_op.drop_index("ix_team_member_account_id")

    op.drop_table("team_member")
    op.drop_table("speaker")
    op.drop_table("organiser")
    op.drop_table("day")
    op.drop_table("category")
    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.drop_index("ix_call_event_id")

    op.drop_table("call")
    op.drop_table("area_unit")
    op.drop_table("api_token")
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.drop_index("ix_activity_event_id")

    op.drop_table("activity")
    with op.batch_alter_table("signed_in", schema=None) as batch_op:
        batch_op.drop_index("ix_signed_in_account_id")

    op.drop_table("signed_in")
    with op.batch_alter_table("sign_in_link", schema=None) as batch_op:
        batch_op.drop_index("ix_sign_in_link_account_id")

    op.drop_table("sign_in_link")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_index("ix_person_host_id_email")

    op.drop_table("person")
    op.drop_table("organisation")
    op.drop_table("event")
    op.drop_table("submission")
    op.drop_table("setting")
    with op.batch_alter_table("mail", schema=None) as batch_op:
        batch_op.drop_index("ix_mail_event_id_id")
        batch_op.drop_index("ix_mail_about")

    op.drop_table("mail")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index("ix_job_state_run_at")
        batch_op.drop_index("ix_job_lane_id")

    op.drop_table("job")
    op.drop_table("host")
    with op.batch_alter_table("fact", schema=None) as batch_op:
        batch_op.drop_index("ix_fact_subject")
        batch_op.drop_index("ix_fact_event_id_id")

    op.drop_table("fact")
    op.drop_table("account")

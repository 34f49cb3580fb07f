"""A probe learns whether to restart, whether to send requests, and nothing else."""

import os

from sqlalchemy import text

from eventapp import __version__
from eventapp.kernel.db import db
from tests.harness.servers import free_port

REDIS = os.environ.get("EVENTAPP_TEST_REDIS_URL", "redis://127.0.0.1:6379/0")


def test_a_process_that_answers_is_alive(client):
    answer = client.get("/healthz", headers={"Host": "10.0.0.7"})

    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert answer.headers["Cache-Control"] == "no-store"


def test_it_is_ready_when_all_is_there(client):
    answer = client.get("/readyz", headers={"Host": "10.0.0.7"})

    assert answer.status_code == 200
    assert answer.json == {
        "status": "ok",
        "checks": {"database": "ok", "migrations": "ok", "mail": "ok"},
    }


def test_a_redis_is_asked_but_does_not_decide(make_app, database_url):
    there = make_app(DATABASE_URL=database_url, REDIS_URL=REDIS).test_client().get("/readyz")
    gone_url = f"redis://127.0.0.1:{free_port()}/0"
    gone = make_app(DATABASE_URL=database_url, REDIS_URL=gone_url).test_client().get("/readyz")

    assert (there.status_code, there.json["checks"]["redis"]) == (200, "ok")
    assert (gone.status_code, gone.json["checks"]["redis"]) == (200, "ConnectionError")


def test_a_database_that_is_behind_is_not_ready(app, client):
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json["status"]) == (503, "not ready")
    assert answer.json["checks"]["migrations"] == "behind"


def test_a_database_without_tables_is_not_ready(make_app, blank_url):
    answer = make_app(DATABASE_URL=blank_url).test_client().get("/readyz")

    assert answer.status_code == 503
    assert answer.json["checks"]["database"] == "ok"
    assert answer.json["checks"]["migrations"] != "ok"


def test_a_fault_names_no_host_and_no_user(make_app):
    url = f"postgresql://somebody:secret@127.0.0.1:{free_port()}/hidden"
    answer = make_app(DATABASE_URL=url).test_client().get("/readyz")

    assert answer.status_code == 503
    assert answer.json["checks"]["database"] == "OperationalError"
    assert "secret" not in answer.text
    assert "somebody" not in answer.text


def test_a_mail_folder_must_be_writable(make_app, database_url, tmp_path):
    (tmp_path / "file").touch()
    app = make_app(DATABASE_URL=database_url, MAIL_URL=f"file://{tmp_path}/file/mail")
    answer = app.test_client().get("/readyz")

    assert (answer.status_code, answer.json["checks"]["mail"]) == (503, "not writable")


def test_mail_by_smtp_is_not_asked(make_app, database_url):
    app = make_app(DATABASE_URL=database_url, MAIL_URL="smtp://127.0.0.1:25")

    assert "mail" not in app.test_client().get("/readyz").json["checks"]


def test_figures_are_served_if_wanted(make_app, database_url):
    caller = make_app(DATABASE_URL=database_url, METRICS=True).test_client()
    lines = caller.get("/metrics").text.splitlines()

    assert f'eventapp_info{{version="{__version__}"}} 1' in lines
    assert 'eventapp_jobs{state="queued"} 0' in lines
    assert "# TYPE eventapp_jobs gauge" in lines


def test_figures_are_not_served_by_default(client):
    assert client.get("/metrics").status_code == 404

"""Letters to many for programs: the same commands as the pages."""

from eventapp.events import commands as events
from tests.factories import NOW, make_event, make_registration


def test_a_program_drafts_approves_holds_back_and_sends(app, run_jobs, mailbox) -> None:
    with app.app_context():
        event = make_event()
        slug = event.slug
        make_registration(event, email="ola@example.org")
        _row, token = events.issue_token(event.id, "program", ["all"], NOW)
        _row, reader = events.issue_token(event.id, "reader", ["read"], NOW)
    client, asked = app.test_client(), {"headers": {"Authorization": f"Bearer {token}"}}
    base = f"/api/v1/events/{slug}/letters"
    said = {"subject": {"pl": "Ważne"}, "body": {"pl": "Dzień dobry, {first_name}"}}

    wrong = client.post(base, json={**said, "subject": {"pl": "{first_nam}"}}, **asked)
    assert (wrong.status_code, wrong.json["code"]) == (409, "mistaken-place")
    made = client.post(base, json=said, **asked)
    assert (made.status_code, made.json["state"], made.json["people"]) == (201, "draft", 1)
    here = f"/api/v1/letters/{made.json['id']}"
    assert client.post(f"{here}/queue", json={}, **asked).json["code"] == "letter-wrong-state"
    stale = client.post(f"{here}/approval", json={"version": 9}, **asked)
    assert stale.json["code"] == "letter-changed"
    assert client.post(f"{here}/approval", json={"version": 1}, **asked).json["state"] == "approved"
    assert client.post(f"{here}/cancel", **asked).json["state"] == "draft"
    assert client.post(f"{here}/approval", json={}, **asked).json["state"] == "approved"
    assert client.post(f"{here}/queue", json={}, **asked).json["state"] == "queued"
    run_jobs()

    shown = client.get(here, **asked).json
    assert (shown["state"], shown["copies"]["sent"]) == ("sent", 1)
    assert [one["id"] for one in client.get(base, **asked).json] == [shown["id"]]
    assert mailbox.last("ola@example.org")["Subject"] == "Ważne"
    refused = client.get(base, headers={"Authorization": f"Bearer {reader}"})
    assert refused.status_code == 403

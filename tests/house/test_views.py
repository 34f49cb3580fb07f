"""Every view declares a permission, or says that it is public."""

import pytest
from flask import Flask

from eventapp.events.access import POLICY, Permission
from eventapp.kernel import guard

# Flask's own view of static files, which the guard lets through.
UNDECLARED = {"static"}


@pytest.fixture
def one_app(make_app, tmp_path) -> Flask:
    """The application; no database is asked."""
    return make_app(DATABASE_URL=f"sqlite:///{tmp_path / 'none.sqlite3'}")


def test_every_view_declares_who_may_call_it(one_app: Flask) -> None:
    endpoints = {rule.endpoint for rule in one_app.url_map.iter_rules()} - UNDECLARED
    undeclared = [name for name in sorted(endpoints) if guard.rule_of(name, one_app) is None]

    assert undeclared == []


def test_every_declared_permission_is_on_the_policy_page(one_app: Flask) -> None:
    rules = [guard.rule_of(name, one_app) for name in one_app.view_functions]
    declared = {rule.permission for rule in rules if rule} - {guard.PUBLIC}

    assert declared <= {permission.value for permission in Permission}
    assert set(POLICY) == set(Permission)


def test_an_undeclared_view_is_noticed_and_never_called(one_app: Flask) -> None:
    one_app.add_url_rule("/planted", "planted", lambda: "never")

    assert guard.rule_of("planted", one_app) is None
    with pytest.raises(RuntimeError, match="declares no permission"):
        one_app.test_client().get("/planted")

"""How an account is, as the command line says it."""

from __future__ import annotations

from desktopmail.cli import health
from desktopmail.domain.health import Health, Retention
from desktopmail.domain.ids import AccountId

ONE = AccountId(1)


def test_what_a_pop3_server_says_about_itself() -> None:
    seen = Health(ONE, retention=Retention(30, 900), next_visit=1_800_000_000)
    assert health.document(seen)["retention"] == {"expire_days": 30, "login_delay": 900}
    assert health.document(seen)["next_visit"] == "2027-01-15T08:00:00+00:00"
    rows = dict(health.rows(seen))
    assert rows["kept there"] == "the server may remove messages after 30 days"
    assert rows["visits"].startswith("at most one in 900 seconds, the next after 2027-01-1")


def test_nothing_is_said_about_what_is_not_known() -> None:
    assert health.rows(Health(ONE, retention=Retention())) == []
    assert health.document(Health(ONE))["next_visit"] is None

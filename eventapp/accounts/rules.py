"""Pure decisions about signing in."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from eventapp.kernel.refusal import N_, Refusal

if TYPE_CHECKING:
    from eventapp.accounts.models import Account, SignedIn, SignInLink

LINK_LASTS = timedelta(minutes=20)
SET_UP_LASTS = timedelta(hours=24)
CODE_TRIES = 5
IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
SEEN_STEP = timedelta(minutes=1)  # how exactly the last visit is noted


class SignInRefusal(Refusal):
    """Why somebody is not let in."""

    LINK_UNKNOWN = "link-unknown", N_("This link is not valid. Ask for a new one below.")
    LINK_USED = "link-used", N_("This link has been used already. Ask for a new one below.")
    LINK_EXPIRED = "link-expired", N_("This link has expired. Ask for a new one below.")
    CODE_WRONG = "code-wrong", N_("This code is not right. Check the six digits, or ask anew.")
    ACCOUNT_DISABLED = "account-disabled", N_("This account is closed. Ask the organiser.")


def refuse_link(link: "SignInLink | None", now: datetime) -> SignInRefusal | None:
    """Return why a one-time link lets nobody in."""
    if link is None or link.credential_version != link.account.credential_version:
        return SignInRefusal.LINK_UNKNOWN
    if link.account.disabled_at is not None:
        return SignInRefusal.ACCOUNT_DISABLED
    if link.used_at is not None:
        return SignInRefusal.LINK_USED
    if link.expires_at <= now:
        return SignInRefusal.LINK_EXPIRED
    return None


def is_live(visit: "SignedIn", account: "Account", now: datetime) -> bool:
    """Tell whether a signed-in browser still is: not revoked, idle or old."""
    if visit.revoked_at is not None or account.disabled_at is not None:
        return False
    if visit.credential_version != account.credential_version:
        return False
    return now < visit.expires_at and now < visit.seen_at + IDLE

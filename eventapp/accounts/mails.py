"""Letters about signing in."""

from eventapp.accounts import queries
from eventapp.kernel import boundary, clock
from eventapp.kernel.jobs import Rank
from eventapp.kernel.post import Letter, letter


@letter("accounts.link", Rank.AT_ONCE)
def link(link_id: int, locale: str) -> Letter | None:
    """Send the one-time link and its six digits."""
    row = queries.link(link_id)
    if row is None or row.used_at is not None:
        return None
    digits = queries.link_digits(row.nonce)
    return Letter(
        to=row.account.email,
        locale=locale,
        template="accounts/link",
        about=f"account:{row.account_id}",
        context={
            "url": boundary.absolute("accounts.link", token=queries.link_token(row.nonce)),
            "digits": f"{digits[:3]} {digits[3:]}",
        },
    )


@letter("accounts.entered")
def entered(account_id: int, device: str) -> Letter | None:
    """Tell the owner that somebody signed in."""
    account = queries.account(account_id)
    if account is None:
        return None
    return Letter(
        to=account.email,
        locale=account.locale,
        template="accounts/entered",
        about=f"account:{account_id}",
        context={
            "device": device,
            "at": clock.now(),
            "url": boundary.absolute("accounts.account"),
        },
    )

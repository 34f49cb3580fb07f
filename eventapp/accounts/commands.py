"""Changes of accounts: links and codes, signing in and out."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update

from eventapp.accounts import mails, queries, rules
from eventapp.accounts.models import Account, LinkPurpose, SignedIn, SignInLink
from eventapp.accounts.rules import SignInRefusal
from eventapp.kernel import jobs, tokens
from eventapp.kernel.db import atomic, db
from eventapp.kernel.facts import Fact, record
from eventapp.kernel.refusal import Refused

VISIT = "visit"


class AccountMade(Fact):
    """Somebody got an account."""

    kind = "account-made"


class AdministratorMade(Fact):
    """An account became an administrator's."""

    kind = "administrator-made"


class SignedInFact(Fact):
    """Somebody signed in."""

    kind = "signed-in"


class SignedOut(Fact):
    """Somebody signed out, or ended a session elsewhere."""

    kind = "signed-out"


@dataclass(frozen=True)
class Entry:
    """A successful sign-in: the cookie's token, shown once, and whose it is."""

    token: str
    account: Account


@atomic
def keep_account(email: str, name: str, now: datetime, *, locale: str = "pl") -> Account:
    """Return the account of this address, or make one."""
    found = queries.by_email(email)
    if found is not None:
        return found
    account = Account(email=email, name=name, locale=locale, created_at=now)
    db.session.add(account)
    db.session.flush()
    record(AccountMade(event_id=None, subject=f"account:{account.id}"))
    return account


@atomic
def make_administrator(email: str, now: datetime) -> tuple[Account, str]:
    """Make the account of this address an administrator's; return it with a set-up token."""
    account = keep_account(email, email.partition("@")[0], now)
    account.is_administrator = True
    record(AdministratorMade(event_id=None, subject=f"account:{account.id}"))
    link = _add_link(account, LinkPurpose.SET_UP, now)
    return account, queries.link_token(link.nonce)


@atomic
def send_link(email: str, now: datetime, *, locale: str | None = None) -> None:
    """Mail a one-time link and a code to the account of this address, if there is one.

    The caller's answer is the same either way.
    """
    account = queries.by_email(email)
    if account is None or account.disabled_at is not None:
        return
    link = _add_link(account, LinkPurpose.SIGN_IN, now)
    jobs.enqueue(mails.link, lane=email, link_id=link.id, locale=locale or account.locale)


@atomic
def enter_with_link(token: str, device: str, now: datetime) -> Entry:
    """Sign in with a one-time link, which is then used up."""
    link = queries.link_by_hash(tokens.hashed(token))
    if refusal := rules.refuse_link(link, now):
        raise Refused(refusal)
    if link is None:
        raise AssertionError("unreachable")
    return _enter(link, device, now)


@atomic
def enter_with_code(email: str, digits: str, device: str, now: datetime) -> Entry | None:
    """Sign in with the six digits of the newest letters; None after a wrong try.

    A wrong try is itself kept (five spoil a link), so it is an answer and not a refusal.
    """
    account = queries.by_email(email)
    if account is None:
        return None
    for link in queries.open_links(account.id, now):
        if link.code_attempts >= rules.CODE_TRIES:
            continue
        if tokens.same(queries.link_digits(link.nonce), digits):
            if refusal := rules.refuse_link(link, now):
                raise Refused(refusal)
            return _enter(link, device, now)
        link.code_attempts += 1
    return None


@atomic
def enter_for_demonstration(account_id: int, device: str, now: datetime) -> Entry:
    """Sign an account in without a link; the routes offer it in a demonstration only."""
    account = db.session.get_one(Account, account_id)
    return _visit(account, device, now)


@atomic
def see(visit_id: int, now: datetime) -> None:
    """Note that a signed-in browser was here."""
    db.session.execute(update(SignedIn).where(SignedIn.id == visit_id).values(seen_at=now))


@atomic
def leave(visit_id: int, account_id: int, now: datetime) -> None:
    """Sign one browser out; an account ends its own visits only."""
    ended = db.session.execute(
        update(SignedIn)
        .where(
            SignedIn.id == visit_id,
            SignedIn.account_id == account_id,
            SignedIn.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )
    if ended.rowcount:  # type: ignore[attr-defined]
        record(SignedOut(event_id=None, subject=f"account:{account_id}"))


@atomic
def leave_everywhere(account_id: int, now: datetime) -> None:
    """Sign an account out of every browser and spoil its open links."""
    account = db.session.get_one(Account, account_id)
    account.credential_version += 1
    record(SignedOut(event_id=None, subject=f"account:{account_id}"))


@atomic
def change_account(account_id: int, name: str, locale: str) -> Account:
    """Replace an account's name and language."""
    account = db.session.get_one(Account, account_id)
    account.name = name
    account.locale = locale
    return account


def _add_link(account: Account, purpose: LinkPurpose, now: datetime) -> SignInLink:
    lasts = rules.SET_UP_LASTS if purpose is LinkPurpose.SET_UP else rules.LINK_LASTS
    nonce = tokens.new_token("nonce")[1]
    link = SignInLink(
        account_id=account.id,
        purpose=purpose,
        nonce=nonce,
        token_hash=tokens.hashed(queries.link_token(nonce)),
        credential_version=account.credential_version,
        created_at=now,
        expires_at=now + lasts,
    )
    db.session.add(link)
    db.session.flush()
    return link


def _enter(link: SignInLink, device: str, now: datetime) -> Entry:
    # The guarded update lets one of two simultaneous clicks in.
    spent = db.session.execute(
        update(SignInLink)
        .where(SignInLink.id == link.id, SignInLink.used_at.is_(None))
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    if not spent.rowcount:  # type: ignore[attr-defined]
        raise Refused(SignInRefusal.LINK_USED)
    jobs.enqueue(mails.entered, lane=link.account.email, account_id=link.account_id, device=device)
    return _visit(link.account, device, now)


def _visit(account: Account, device: str, now: datetime) -> Entry:
    token, token_hash = tokens.new_token(VISIT)
    db.session.add(
        SignedIn(
            account_id=account.id,
            token_hash=token_hash,
            device=device,
            credential_version=account.credential_version,
            created_at=now,
            seen_at=now,
            expires_at=now + rules.LONGEST,
        )
    )
    record(SignedInFact(event_id=None, subject=f"account:{account.id}"))
    return Entry(token, account)

"""Named reads of accounts."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from eventapp.accounts.models import Account, LinkPurpose, SignedIn, SignInLink
from eventapp.kernel import tokens
from eventapp.kernel.db import db


def by_email(email: str) -> Account | None:
    """Return the account of this address."""
    return db.session.scalars(select(Account).where(Account.email == email)).first()


def account(account_id: int) -> Account | None:
    """Return one account."""
    return db.session.get(Account, account_id)


def link_by_hash(token_hash: str) -> SignInLink | None:
    """Return the one-time link of this hash with its account."""
    query = select(SignInLink).options(joinedload(SignInLink.account))
    return db.session.scalars(query.where(SignInLink.token_hash == token_hash)).first()


def link(link_id: int) -> SignInLink | None:
    """Return one one-time link with its account."""
    query = select(SignInLink).options(joinedload(SignInLink.account))
    return db.session.scalars(query.where(SignInLink.id == link_id)).first()


def open_links(account_id: int, now: datetime) -> Sequence[SignInLink]:
    """List an account's sign-in links that still work, newest first."""
    query = select(SignInLink).options(joinedload(SignInLink.account))
    query = query.where(
        SignInLink.account_id == account_id,
        SignInLink.purpose == LinkPurpose.SIGN_IN,
        SignInLink.used_at.is_(None),
        SignInLink.expires_at > now,
    )
    return db.session.scalars(query.order_by(SignInLink.id.desc())).all()


def visit_by_hash(token_hash: str) -> SignedIn | None:
    """Return the signed-in browser of this hash with its account."""
    query = select(SignedIn).options(joinedload(SignedIn.account))
    return db.session.scalars(query.where(SignedIn.token_hash == token_hash)).first()


def visits(account_id: int, now: datetime) -> Sequence[SignedIn]:
    """List the browsers in which an account is signed in, latest first."""
    query = select(SignedIn).where(
        SignedIn.account_id == account_id,
        SignedIn.revoked_at.is_(None),
        SignedIn.expires_at > now,
    )
    return db.session.scalars(query.order_by(SignedIn.seen_at.desc())).all()


def link_token(nonce: str) -> str:
    """Return the secret in a one-time link's address."""
    return f"link_{tokens.encode32(tokens.derive('one-time-link', nonce))}"


def link_digits(nonce: str) -> str:
    """Return the six digits that do the same as the link."""
    return f"{int.from_bytes(tokens.derive('one-time-code', nonce)) % 1_000_000:06d}"

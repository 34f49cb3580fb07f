"""Accounts, their sign-in links and their sessions."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventapp.kernel.db import Model, choice


class Account(Model):
    """A person who signs in: administrator, organiser, door staff, juror."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    locale: Mapped[str] = mapped_column(String(8), default="pl")
    is_administrator: Mapped[bool] = mapped_column(default=False)
    credential_version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class LinkPurpose(StrEnum):
    """What a one-time link is for."""

    SIGN_IN = "sign-in"
    SET_UP = "set-up"


class SignInLink(Model):
    """A one-time link and its six-digit code, both kept hashed, bound to the credentials.

    Both derive from `nonce` and the installation's keys: the letter's job makes them again,
    and neither a copy of the database nor a job's arguments holds them.
    """

    __tablename__ = "sign_in_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    purpose: Mapped[LinkPurpose] = mapped_column(choice(LinkPurpose))
    nonce: Mapped[str] = mapped_column(String(64))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    code_attempts: Mapped[int] = mapped_column(default=0)
    credential_version: Mapped[int]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship(lazy="raise")

    __table_args__ = (Index("ix_sign_in_link_account_id", "account_id"),)


class SignedIn(Model):
    """One signed-in browser: listed to its owner, revocable, short-lived when idle."""

    __tablename__ = "signed_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    device: Mapped[str] = mapped_column(String(200))
    credential_version: Mapped[int]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship(lazy="raise")

    __table_args__ = (Index("ix_signed_in_account_id", "account_id"),)

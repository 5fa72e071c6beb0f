"""Accounts: adding, signing in, ending sessions."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import argon2
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.engine import Connection

from bot.accounts.model import ROLES, Account, locales_of
from bot.accounts.tables import accounts
from bot.base.errors import BadInput, BadToken, Conflict
from bot.storage import limits
from bot.storage.database import Database

SIGN_INS_PER_ACCOUNT = limits.Limit("sign-in", 10, timedelta(minutes=15))
SIGN_INS_PER_ADDRESS = limits.Limit("sign-in-address", 60, timedelta(minutes=15))
MIN_PASSWORD_CHARACTERS = 10

_ACTIVE = select(accounts).where(accounts.c.id == bindparam("id"), accounts.c.active)
_hasher = argon2.PasswordHasher()
_DECOY = _hasher.hash("nobody's password, so that an unknown address takes as long as a known one")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


def add_account(
    tx: Connection,
    *,
    email: str,
    name: str,
    role: str,
    password: str,
    now: datetime,
    locale: str = "es",
    seller_id: str | None = None,
) -> int:
    """Add an account and return its id. Raises `BadInput` with the field at fault, `Conflict` for a known address."""
    faults = {}
    if not _EMAIL.fullmatch(email):
        faults["email"] = "bad_email"
    if role not in ROLES:
        faults["role"] = "bad_role"
    elif locale not in locales_of(role):
        faults["locale"] = "unknown_locale"
    if (role == "seller") != bool(seller_id):
        faults["seller_id"] = "seller_id_with_role_seller"
    if len(password) < MIN_PASSWORD_CHARACTERS:
        faults["password"] = "password_too_short"  # noqa: S105
    if faults:
        raise BadInput("bad_fields", fields=faults)
    if tx.execute(select(accounts.c.id).where(accounts.c.email == email.lower())).first():
        raise Conflict("email_taken")
    row: dict[str, Any] = {
        "email": email.lower(),
        "name": name,
        "role": role,
        "seller_id": seller_id,
        "locale": locale,
        "password_hash": _hasher.hash(password),
        "session_epoch": 0,
        "active": True,
        "created_at": now,
    }
    return int(tx.execute(insert(accounts).values(**row)).inserted_primary_key[0])


def set_password(tx: Connection, *, email: str, password: str) -> bool:
    """Set a password and end the account's sessions; False when there is no such account."""
    if len(password) < MIN_PASSWORD_CHARACTERS:
        raise BadInput("password_too_short", fields={"password": "password_too_short"})
    change = (
        update(accounts)
        .where(accounts.c.email == email.lower())
        .values(password_hash=_hasher.hash(password), session_epoch=accounts.c.session_epoch + 1)
    )
    return bool(tx.execute(change).rowcount)


def set_locale(tx: Connection, account_id: int, locale: str) -> None:
    """Set the language of an account's pages."""
    tx.execute(update(accounts).where(accounts.c.id == account_id).values(locale=locale))


def sign_in(database: Database, *, email: str, password: str, address: str, now: datetime) -> Account:
    """The account of these credentials; raises `BadToken`, or `TooMany` after too many attempts.

    Attempts are counted per account and per network address before the password is looked at.
    """
    email = email.strip().lower()
    limits.spend(database, {SIGN_INS_PER_ADDRESS: address, SIGN_INS_PER_ACCOUNT: email}, now)
    with database.read() as tx:
        row = tx.execute(select(accounts).where(accounts.c.email == email, accounts.c.active)).first()
    try:
        _hasher.verify(row.password_hash if row else _DECOY, password)
    except argon2.exceptions.VerificationError:
        row = None
    if row is None:
        raise BadToken("sign_in_failed")
    with database.write() as tx:
        limits.forget(tx, SIGN_INS_PER_ACCOUNT, email)
    return _account(row)


def account_of_session(tx: Connection, account_id: int, session_epoch: int) -> Account | None:
    """The account a session belongs to, or None when it was ended."""
    row = tx.execute(_ACTIVE, {"id": account_id}).first()
    return _account(row) if row and row.session_epoch == session_epoch else None


def account_of(tx: Connection, account_id: int) -> Account | None:
    """The active account of an id."""
    row = tx.execute(_ACTIVE, {"id": account_id}).first()
    return _account(row) if row else None


def account_by_email(tx: Connection, email: str) -> Account | None:
    """The active account of an address."""
    row = tx.execute(select(accounts).where(accounts.c.email == email.lower(), accounts.c.active)).first()
    return _account(row) if row else None


def list_accounts(tx: Connection) -> list[Account]:
    """All active accounts by role and name."""
    query = select(accounts).where(accounts.c.active).order_by(accounts.c.role, accounts.c.name)
    return [_account(row) for row in tx.execute(query)]


def _account(row: Any) -> Account:
    return Account(row.id, row.email, row.name, row.role, row.seller_id, row.locale, row.session_epoch)

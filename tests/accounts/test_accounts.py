"""Signing in, sessions, and the tokens of conversations and of the shop."""

from __future__ import annotations

import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bot.accounts import store
from bot.accounts.tokens import Tokens, demo_customer_token
from bot.base.clock import FrozenClock
from bot.base.errors import BadInput, BadToken, Conflict, TooMany
from bot.storage.database import Database

SECRET = "a secret for tests, long enough to be accepted"
SHOP_KEY = "the shop's key for tests, also long enough"


def add(database: Database, clock: FrozenClock, **changes: object) -> int:
    values = {"email": "Ana@Example.es", "name": "Ana Prado", "role": "agent", "password": "long enough 1"}
    with database.write() as tx:
        return store.add_account(tx, **{**values, **changes}, now=clock.now())


def sign_in(
    database: Database, clock: FrozenClock, password: str = "long enough 1", email: str = "ana@example.es"
):
    return store.sign_in(database, email=email, password=password, address="127.0.0.1", now=clock.now())


def test_signing_in_ignores_the_case_of_the_address(database, clock):
    add(database, clock)

    assert sign_in(database, clock, email="ANA@example.ES").name == "Ana Prado"


def test_a_wrong_password_and_an_unknown_address_look_alike(database, clock):
    add(database, clock)

    with pytest.raises(BadToken) as wrong:
        sign_in(database, clock, password="something else")
    with pytest.raises(BadToken) as unknown:
        sign_in(database, clock, email="nobody@example.es")

    assert wrong.value.code == unknown.value.code


def test_too_many_attempts_lock_even_the_right_password(database, clock):
    add(database, clock)
    for _ in range(store.SIGN_INS_PER_ACCOUNT.count):
        with pytest.raises(BadToken):
            sign_in(database, clock, password="wrong password")

    with pytest.raises(TooMany):
        sign_in(database, clock)

    clock.advance(store.SIGN_INS_PER_ACCOUNT.window)
    assert sign_in(database, clock).role == "agent"


def test_a_new_password_ends_sessions(database, clock):
    account_id = add(database, clock)
    epoch = sign_in(database, clock).session_epoch
    with database.write() as tx:
        store.set_password(tx, email="ana@example.es", password="another one 2")

    with database.read() as tx:
        assert store.account_of_session(tx, account_id, epoch) is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"password": "short"}, "password"),
        ({"role": "king"}, "role"),
        ({"role": "seller"}, "seller_id"),
        ({"email": "no address"}, "email"),
        ({"locale": "zh"}, "locale"),
        ({"role": "trainer", "locale": "en"}, "locale"),
        ({"role": "seller", "seller_id": "s-lumen", "locale": "en"}, "locale"),
    ],
)
def test_a_bad_account_is_refused_naming_the_field(database, clock, changes, field):
    with pytest.raises(BadInput) as refused:
        add(database, clock, **changes)

    assert list(refused.value.fields) == [field]


def test_an_address_is_used_once(database, clock):
    add(database, clock)

    with pytest.raises(Conflict):
        add(database, clock)


def test_a_conversations_token_opens_that_conversation_only():
    tokens = Tokens(SECRET)
    token = tokens.for_conversation("one")

    assert tokens.check_conversation(token, "one") is None
    for bad_token, conversation_id in [(token, "other"), (token[:-1], "one"), ("", "one"), ("x.y.z", "one")]:
        with pytest.raises(BadToken):
            tokens.check_conversation(bad_token, conversation_id)
    with pytest.raises(BadToken):
        tokens.check_conversation(tokens.for_session(1, 0), "one")


def test_the_shops_token_is_believed_by_its_key_only():
    tokens = Tokens(SECRET, SHOP_KEY)

    assert tokens.customer(demo_customer_token(SHOP_KEY, "c001", name="Ana", locale="es")).id == "c001"
    now = int(time.time())
    bad = [
        jwt.encode({"sub": "c001", "exp": now + 60}, "another key, just as long as the first one", "HS256"),
        jwt.encode({"sub": "c001", "exp": now - 60}, SHOP_KEY, "HS256"),
        jwt.encode({"sub": "c001", "exp": now + 7200}, SHOP_KEY, "HS256"),
        jwt.encode({"exp": now + 60}, SHOP_KEY, "HS256"),
        jwt.encode({"sub": "c001"}, SHOP_KEY, "HS256"),
        jwt.encode({"sub": "c001", "exp": now + 60}, "", "none"),
    ]
    for token in bad:
        with pytest.raises(BadToken):
            tokens.customer(token)


def test_a_public_key_of_the_shop_takes_eddsa_and_nothing_else():
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    tokens = Tokens(SECRET, public)
    claims = {"sub": "c001", "exp": int(time.time()) + 60}

    assert tokens.customer(jwt.encode(claims, private, "EdDSA")).id == "c001"
    with pytest.raises(BadToken):
        tokens.customer(
            demo_customer_token("some shared secret, not the public key", "c001", name="A", locale="es")
        )

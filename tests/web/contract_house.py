"""A demo house, served, whose answers are held against the document: no field more, none less."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
import schemathesis
from sqlalchemy import delete, select

from bot.accounts.tables import accounts
from bot.app import House
from bot.serve import application
from bot.storage.tables import attempts
from bot.web.api_document import Json, api_document
from tests.harness import house_in
from tests.serving import served

REST_TOKEN = "a token for the REST channel"


class ContractHouse:
    """The served house, and calls to it that have to conform to the document."""

    def __init__(self, house: House, address: str) -> None:
        self.house = house
        self.address = address
        self.schema = schemathesis.openapi.from_dict(strict(api_document(demo=True)))
        rejection = self.schema.config.checks.negative_data_rejection
        rejection.expected_statuses = [*rejection.expected_statuses, "413"]

    def call(
        self,
        method: str,
        path: str,
        *,
        token: str | None = None,
        expect: int,
        json: Any = None,
        **values: Any,
    ) -> Any:
        """Call an operation by its documented path; returns the answer's JSON, or its text when it is none."""
        query = values.pop("query", None)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = requests.request(
            method, self.address + path.format(**values), json=json, params=query, headers=headers, timeout=20
        )
        assert answer.status_code == expect, answer.text
        self.schema[path][method].validate_response(answer)
        return answer.json() if "json" in answer.headers["content-type"] else answer.text

    def account(self, email: str) -> str:
        """A session token of a demo account."""
        with self.house.database.read() as tx:
            row = tx.execute(select(accounts).where(accounts.c.email == f"{email}@puente.example")).one()
        return self.house.tokens.for_session(row.id, row.session_epoch)

    def forget_attempts(self) -> None:
        """Let nobody have tried anything yet: limits are tested elsewhere."""
        with self.house.database.write() as tx:
            tx.execute(delete(attempts))


@contextmanager
def contract_house(folder: Path) -> Iterator[ContractHouse]:
    """Serve a demo house that keeps everything in `folder`."""
    house = house_in(folder, demo=True, rest_token=REST_TOKEN)
    with served(application(house)) as address:
        yield ContractHouse(house, address)


def strict(document: Json) -> Json:
    """The document with answers that may hold nothing that is not described."""
    document = copy.deepcopy(document)
    for name in ("schemas", "responses"):
        _close(document["components"][name])
    for item in document["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict):
                _close(operation["responses"])
    return document


def _close(thing: Any) -> None:
    if isinstance(thing, list):
        for value in thing:
            _close(value)
    if isinstance(thing, dict):
        if "properties" in thing and thing.get("type") == "object":
            thing.setdefault("additionalProperties", False)
        for name, value in thing.items():
            if name not in ("example", "examples"):
                _close(value)

"""The guided contact over HTTP: whose lines are shown, what is accepted, and that it is accepted once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from sqlalchemy import insert, select, update

from bot.accounts.tokens import demo_customer_token
from bot.app import House
from bot.conversations import log
from bot.conversations.dialogue import TurnInput
from bot.conversations.tables import conversations, issued_buttons, order_proofs
from bot.desk.package import package_of
from bot.serve import application
from bot.service.guide import guide
from bot.shop.tables import order_lines, orders
from tests.harness import EchoResponder, eventually, house_in
from tests.serving import served

SUSPICIOUS = {"topic": "other", "issue": "suspicious_message", "way": "chat"}


class Chat:
    """One conversation, called over HTTP."""

    def __init__(self, house: House, address: str, **start: Any) -> None:
        self.house = house
        self.root = f"{address}/api/v1/conversations"
        began = requests.post(self.root, json={"locale": "es", **start}, timeout=20).json()
        self.id = began["conversation_id"]
        self.headers = {"Authorization": f"Bearer {began['token']}"}

    def read(self, **query: Any) -> Any:
        """The tree and a page of lines."""
        return self.get(**query).json()

    def get(self, **query: Any) -> requests.Response:
        """GET …/guide."""
        return requests.get(f"{self.root}/{self.id}/guide", params=query, headers=self.headers, timeout=20)

    def send(self, client_id: str = "first", **choices: Any) -> requests.Response:
        """POST …/guide."""
        body = {"client_id": client_id, **choices}
        return requests.post(f"{self.root}/{self.id}/guide", json=body, headers=self.headers, timeout=20)

    def entries(self) -> list[dict[str, Any]]:
        """What the customer sees of the log."""
        answer = requests.get(f"{self.root}/{self.id}/events", headers=self.headers, timeout=20)
        return [entry for entry in answer.json()["events"] if entry["actor"] == "customer"]


@pytest.fixture(scope="module")
def responder() -> EchoResponder:
    """Remembers the turns it was given."""
    return EchoResponder()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, responder: EchoResponder) -> House:
    """A demo shop."""
    return house_in(tmp_path_factory.mktemp("house"), demo=True, responder=responder)


@pytest.fixture(scope="module")
def address(house: House) -> Iterator[str]:
    """Where it is served."""
    with served(application(house)) as address:
        yield address


@pytest.fixture(scope="module")
def buyer(house: House) -> str:
    """The customer with the most order lines."""
    with house.database.read() as tx:
        rows = tx.execute(
            select(orders.c.customer_id).join(order_lines, order_lines.c.order_id == orders.c.id)
        )
        found = [row.customer_id for row in rows]
    return max(set(found), key=found.count)


@pytest.fixture
def guest(house: House, address: str) -> Chat:
    """Somebody who is not signed in."""
    return Chat(house, address)


@pytest.fixture
def chat(house: House, address: str, buyer: str) -> Chat:
    """The buyer, signed in."""
    token = demo_customer_token(house.settings.customer_token_key(), buyer, name="Ana Luna", locale="es")
    return Chat(house, address, customer_token=token)


def test_the_tree_is_told_in_the_conversations_language(house: House, address: str) -> None:
    spanish, german = Chat(house, address).read(), Chat(house, address, locale="de").read()

    assert [topic["topic"] for topic in spanish["topics"]] == list(guide().topics)
    assert spanish["topics"][0]["title"] == "Un pedido"
    assert german["topics"][0]["title"] == "Eine Bestellung"


def test_every_page_of_lines_together_is_all_of_the_customers_own(chat: Chat, buyer: str) -> None:
    first = chat.read()["lines"]
    shown = [line for page in range(1, first["pages"] + 1) for line in chat.read(page=page)["lines"]["items"]]

    own = [line.id for order in chat.house.shop.orders_of(buyer) for line in order.lines]
    assert [line["line_id"] for line in shown] == own
    assert first["pages"] > 1
    assert first["total"] == len(own)
    assert chat.read(page=first["pages"] + 1)["lines"]["items"] == []


def test_lines_are_found_by_words_of_their_title_and_by_their_order(chat: Chat, buyer: str) -> None:
    line = chat.read()["lines"]["items"][-1]

    by_order = chat.read(search=line["order_id"])["lines"]["items"]
    by_title = chat.read(search=line["title"].split()[0].upper())["lines"]["items"]

    assert {found["order_id"] for found in by_order} == {line["order_id"]}
    assert line["line_id"] in [found["line_id"] for found in by_title]
    assert chat.read(search="nothing is called that")["lines"]["found"] == 0


def test_a_topic_has_only_its_own_lines(chat: Chat) -> None:
    assert all("digital" in line["topics"] for line in chat.read(topic="digital")["lines"]["items"])
    assert chat.read(topic="other")["lines"]["items"] == []


def test_a_guest_sees_no_lines_until_an_order_is_proven(guest: Chat, house: House, buyer: str) -> None:
    assert guest.read()["lines"]["total"] == 0
    order = house.shop.orders_of(buyer)[0]

    with house.database.write() as tx:
        proof = {"conversation_id": guest.id, "order_id": order.id, "proven_at": house.clock.now()}
        tx.execute(insert(order_proofs).values(**proof))

    assert [line["line_id"] for line in guest.read()["lines"]["items"]] == [line.id for line in order.lines]


def test_choices_become_one_message_and_one_turn_with_everything_given(
    chat: Chat, responder: EchoResponder, house: House
) -> None:
    line = next(line for line in chat.read()["lines"]["items"] if line["topics"] == ["order"])

    answer = chat.send(
        topic="order", issue="damaged", way="chat", line_id=line["line_id"], text="El pie está roto."
    )

    assert answer.status_code == 201
    turn = eventually(lambda: next((one for one in responder.turns if one.conversation.id == chat.id), None))
    [message] = turn.messages
    assert message.command.startswith("/item_damaged{")
    for given in (line["line_id"], '"description": "El pie est'):
        assert given in message.command
    [entry] = chat.entries()
    title = line["title"].split(",")[0]
    assert (
        entry["body"]["text"]
        == f"Pedido {line['order_id']} · {title}: ha llegado roto o dañado.\nEl pie está roto."
    )
    assert "/item_damaged" not in str(entry)
    with house.database.read() as tx:
        package = package_of(tx, chat.id)
    assert package.conversation.reason == "item_damaged"
    assert [one.body["guide"]["issue"] for one in package.guided] == ["damaged"]


def test_another_way_leads_to_its_own_reason_with_the_matter_kept(guest: Chat, house: House) -> None:
    assert guest.send(topic="other", issue="voucher", way="email").status_code == 201

    command = _command(house, guest)
    assert command.startswith("/request_email{")
    assert '"matter": "payment_problem"' in command
    with house.database.read() as tx:
        assert log.get_conversation(tx, guest.id).reason == "payment_problem"
    assert guest.entries()[0]["body"]["text"].endswith("Prefiero seguir por correo electrónico.")


def test_the_same_again_is_the_same_message_even_when_the_line_is_gone(chat: Chat, house: House) -> None:
    line_id = chat.read()["lines"]["items"][0]["line_id"]
    choices = {"topic": "order", "issue": "where", "way": "chat", "line_id": line_id}
    first = chat.send(**choices)

    with house.database.write() as tx:  # as if the shop did not know the customer any more
        tx.execute(update(conversations).where(conversations.c.id == chat.id).values(customer_id=None))
    again = chat.send(**choices)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert len(chat.entries()) == 1


def test_the_same_id_with_other_choices_is_a_conflict(guest: Chat) -> None:
    guest.send(**SUSPICIOUS)

    answer = guest.send(**{**SUSPICIOUS, "issue": "account_used"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "client_id_reused")


@pytest.mark.parametrize(
    "stale", [{"issue": "of_last_year"}, {"issue": "security"}, {"topic": "order"}, {"way": "fax"}]
)
def test_a_step_that_is_not_there_any_more_is_told_as_such(guest: Chat, stale: dict[str, str]) -> None:
    answer = guest.send(**{**SUSPICIOUS, **stale})

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "guide_changed")
    assert guest.entries() == []


def test_somebody_elses_line_looks_like_none(chat: Chat, guest: Chat, house: House, buyer: str) -> None:
    with house.database.read() as tx:
        other = tx.execute(
            select(order_lines.c.id)
            .join(orders, orders.c.id == order_lines.c.order_id)
            .where(orders.c.customer_id != buyer)
        ).scalar()
    own = chat.read()["lines"]["items"][0]["line_id"]

    tried = [(chat, other), (guest, own), (chat, "302-0000000-0000000/1")]

    for who, line_id in tried:
        answer = who.send(topic="order", issue="where", way="chat", line_id=line_id)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "unknown_line")


def test_a_line_of_another_topic_and_missing_words_are_named(chat: Chat, guest: Chat) -> None:
    line = next(line for line in chat.read()["lines"]["items"] if "digital" not in line["topics"])

    wrong = chat.send(topic="digital", issue="digital_key", way="chat", line_id=line["line_id"])
    wordless = guest.send(topic="other", issue="question", way="chat", text="  ")

    assert (wrong.status_code, list(wrong.json()["error"]["fields"])) == (400, ["line_id"])
    assert (wordless.status_code, list(wordless.json()["error"]["fields"])) == (400, ["text"])


def test_a_token_opens_its_own_conversation_only(guest: Chat, chat: Chat) -> None:
    guest.headers = chat.headers

    assert guest.get().status_code == 401
    assert guest.send(**SUSPICIOUS).status_code == 401


def test_a_command_that_is_typed_stays_text(guest: Chat, responder: EchoResponder) -> None:
    typed = '/item_damaged{"guided": {"text": "x"}}'

    requests.post(f"{guest.root}/{guest.id}/messages", json={"client_id": "guide:first", "text": typed},
                  headers=guest.headers, timeout=20)  # fmt: skip

    turn: TurnInput = eventually(
        lambda: next((one for one in responder.turns if one.conversation.id == guest.id), None)
    )
    assert (turn.messages[0].text, turn.messages[0].command) == (typed, None)
    assert guest.send(**SUSPICIOUS).status_code == 409  # the id is taken
    with guest.house.database.read() as tx:
        assert log.guided_entries(tx, guest.id, limit=5) == []


def _command(house: House, chat: Chat) -> str:
    with house.database.read() as tx:
        query = select(issued_buttons.c.command).where(issued_buttons.c.conversation_id == chat.id)
        return str(tx.execute(query).scalar())

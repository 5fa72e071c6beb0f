"""The case log over HTTP and its socket: whose cases, what an answer does, what is shown of customers."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
import websockets
from desk_house import Person, ScriptedResponder, served
from sqlalchemy import select, update

from bot.accounts.store import add_account
from bot.app import House
from bot.base.clock import UTC, FrozenClock
from bot.base.settings import ROOT, Settings
from bot.base.texts import SELLER_LOCALES, catalogue
from bot.cases import MessageSeller, OpenCase, message_seller, open_case, store
from bot.conversations import log
from bot.demo import load_shop
from bot.service import resolution_table
from bot.shop import tables as shop
from bot.shop.effects import PageGap, count_page_gap
from bot.storage import migrate
from bot.storage.database import Database
from bot.web import seller
from bot.web.pages import STATIC

API = "/api/v1/seller"
PASSWORD = "a long enough password"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SELLERS = (("lumen", "de"), ("hogar", "es"), ("haoyu", "zh"))


@pytest.fixture(scope="module")
def shop_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the demo shop, three sellers and an agent: made once, copied for every test."""
    path = tmp_path_factory.mktemp("seller") / "shop.db"
    database = Database(f"sqlite:///{path}")
    migrate.upgrade(database)
    with database.write() as tx:
        load_shop(tx, now=NOW)
        for name, locale in SELLERS:
            add_account(
                tx, email=f"{name}@example.com", name=f"{name.title()} Test", role="seller", locale=locale,
                password=PASSWORD, now=NOW, seller_id=f"s-{name}",
            )  # fmt: skip
        add_account(tx, email="ana@example.com", name="Ana Test", role="agent", password=PASSWORD, now=NOW)
    database.close()
    return path


@pytest.fixture
def house(shop_file: Path, clock: FrozenClock, tmp_path: Path) -> House:
    """The composed application."""
    shutil.copy(shop_file, tmp_path / "puente.db")
    settings = Settings(data_dir=str(tmp_path), secret="s" * 40, shop_key="k" * 40, demo=True)
    return House(settings, responder=ScriptedResponder, clock=clock)


@pytest.fixture
def address(house: House) -> Iterator[str]:
    """Where it is served."""
    with served(house, seller.bp) as url:
        yield url


@pytest.fixture
def signed_in(house: House, address: str) -> Callable[[str], Person]:
    """Signs somebody in as a page does."""
    return lambda name: Person(house, address, name)


@pytest.fixture
def opened(house: House, clock: FrozenClock) -> Callable[..., str]:
    """Opens a case about a delivered line of a seller and returns its reference."""
    numbers = iter(range(1, 1000))

    def open_one(name: str = "lumen", *, locale: str = "es", state: str = "delivered", **changes: Any) -> str:
        reference = f"P-{next(numbers):06d}"
        with house.database.write() as tx:
            lines = select(shop.order_lines).where(
                shop.order_lines.c.seller_id == f"s-{name}", shop.order_lines.c.fulfilled_by == "seller"
            )
            line = tx.execute(lines.order_by(shop.order_lines.c.id)).first()
            tx.execute(
                update(shop.order_lines)
                .where(shop.order_lines.c.id == line.id)
                .values(
                    state=state, quantity=1, price_cents=5000, delivered_at=clock.now() - timedelta(days=3)
                )
            )
            conversation = log.start_conversation(
                tx, locale=locale, now=clock.now(), customer_id=None, customer_name="Marta"
            )
            values: dict[str, Any] = {
                "reference": reference,
                "reason": "item_damaged",
                "seller_id": f"s-{name}",
                "order_id": line.order_id,
                "line_id": line.id,
                "product_id": line.product_id,
                "customer_words": "Llegó <b>rota</b>. Soy marta@example.es, +34 600 111 222",
                "customer_locale": locale,
                "started_at": clock.now(),
                "details": {"wish": "refund"},
                "looked_up": [{"what": "order_state", "result": state}],
                **changes,
            }
            open_case(tx, conversation.id, OpenCase(**values), clock.now())
        return reference

    return open_one


def _conversation_id(house: House, reference: str) -> str:
    with house.database.read() as tx:
        return store.get_case(tx, reference).conversation_id


def _entries(house: House, reference: str) -> list[log.Entry]:
    """What the customer sees."""
    conversation_id = _conversation_id(house, reference)
    with house.database.read() as tx:
        return log.entries_after(tx, conversation_id, 0, audience="all")


def _texts(house: House, reference: str) -> list[str]:
    return [entry.body["text"] for entry in _entries(house, reference) if entry.type == "message"]


def _expire(house: House, clock: FrozenClock) -> None:
    clock.advance(timedelta(hours=24, minutes=1))
    house.run_deadlines()


ROUTES = [
    ("GET", f"{API}/cases"),
    ("GET", f"{API}/cases/REF"),
    ("POST", f"{API}/cases/REF/answer"),
    ("GET", f"{API}/messages"),
    ("GET", f"{API}/pages"),
]


def test_every_route_is_for_sellers_only(
    address: str, signed_in: Callable[[str], Person], opened: Callable[..., str]
) -> None:
    reference, ana = opened(), signed_in("ana")

    for method, path in ROUTES:
        url = address + path.replace("REF", reference)
        assert requests.request(method, url, json={}, timeout=20).status_code == 401, path
        answer = ana.session.request(method, url, json={}, timeout=20)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "wrong_role"), path

    page = requests.get(f"{address}/seller/cases/{reference}", timeout=20, allow_redirects=False)
    assert page.headers["location"] == f"/sign-in?next=/seller/cases/{reference}"


def test_an_answer_by_cookie_needs_the_pages_token(
    house: House, signed_in: Callable[[str], Person], opened: Callable[..., str]
) -> None:
    reference, lumen = opened(), signed_in("lumen")
    lumen.session.headers.pop("X-CSRF-Token")

    answer = lumen.post(f"{API}/cases/{reference}/answer", {"client_id": "a", "resolution": "refund"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "csrf")
    assert _texts(house, reference) == []


def test_a_foreign_case_looks_like_one_that_is_not_there(
    house: House, signed_in: Callable[[str], Person], opened: Callable[..., str]
) -> None:
    reference, hogar = opened("lumen"), signed_in("hogar")

    for wanted in (reference, "P-XXXXXX"):
        for answer in (
            hogar.get(f"{API}/cases/{wanted}"),
            hogar.post(f"{API}/cases/{wanted}/answer", {"client_id": "a", "resolution": "refund"}),
        ):
            assert (answer.status_code, answer.json()["error"]["code"]) == (404, "unknown_case")

    assert hogar.get(f"{API}/cases?state=all").json()["cases"] == []
    assert _texts(house, reference) == []


def test_the_list_has_least_time_left_first_and_counts(
    house: House, clock: FrozenClock, signed_in: Callable[[str], Person], opened: Callable[..., str]
) -> None:
    lumen = signed_in("lumen")
    expired = opened()
    _expire(house, clock)
    urgent = opened()
    clock.advance(timedelta(hours=19))
    answered, calm = opened(), opened()
    lumen.post(f"{API}/cases/{answered}/answer", {"client_id": "a", "resolution": "replacement"})

    found = lumen.get(f"{API}/cases").json()
    shown = {
        state: [case["reference"] for case in lumen.get(f"{API}/cases?state={state}").json()["cases"]]
        for state in ("open", "soon", "expired", "answered", "all")
    }

    assert found["counts"] == {"open": 2, "soon": 1, "expired": 1, "answered": 1, "all": 4}
    assert shown == {
        "open": [urgent, calm],
        "soon": [urgent],
        "expired": [expired],
        "answered": [answered],
        "all": [urgent, calm, answered, expired],
    }


def test_the_list_goes_on_after_its_last_row_whatever_was_answered_meanwhile(
    clock: FrozenClock, signed_in: Callable[[str], Person], opened: Callable[..., str]
) -> None:
    lumen = signed_in("lumen")
    references = []
    for _ in range(5):
        references.append(opened())
        clock.advance(timedelta(minutes=5))

    first = lumen.get(f"{API}/cases?limit=2").json()
    lumen.post(f"{API}/cases/{references[0]}/answer", {"client_id": "a", "resolution": "refund"})
    second = lumen.get(f"{API}/cases?limit=2&after={first['next']}").json()
    third = lumen.get(f"{API}/cases?limit=2&after={second['next']}").json()

    pages = [[case["reference"] for case in page["cases"]] for page in (first, second, third)]
    assert pages == [references[:2], references[2:4], references[4:]]
    assert third["next"] is None


def test_a_case_shows_what_is_asked_the_original_words_and_no_contact_data(
    signed_in: Callable[[str], Person], opened: Callable[..., str]
) -> None:
    reference = opened("haoyu", locale="de", customer_words="Kaputt <i>!</i> max@example.de, 0170 1234567")

    found = signed_in("haoyu").get(f"{API}/cases/{reference}").json()

    assert found["asks"] == "商品到货时已损坏。您能提供什么解决方案？"
    assert found["words"] == {"text": "Kaputt <i>!</i> •••, •••", "language": "de"}
    assert found["details"] == [{"label": "客户的要求", "value": "退款"}]
    assert found["looked_up"] == [{"label": "订单状态", "value": "已送达"}]
    assert found["product"]["image"].startswith("/static/products/")
    assert found["product"]["url"].startswith("/de/p/")
    assert (found["now"], found["answer_by"]) == ("2026-03-02T09:00:00.000Z", "2026-03-03T09:00:00.000Z")
    assert (found["told_in"], found["standing"], found["whole_cents"]) == ("de", "in_time", 5000)
    refund = found["resolutions"][0]
    assert (refund["name"], refund["label"]) == ("refund", "全额退款，商品无需退回")
    assert "50,00" in refund["told"]["customer"]
    assert refund["told"]["customer"].startswith("Sie erhalten")
    assert "退款" in refund["told"]["seller"]
    assert [event["type"] for event in found["history"]] == ["opened"]
    assert "max@example.de" not in json.dumps(found)


def test_a_resolution_reaches_the_customer_in_their_language(
    house: House, signed_in: Callable[[str], Person], opened: Callable[..., str]
) -> None:
    reference, lumen = opened("lumen", locale="es"), signed_in("lumen")
    told = lumen.get(f"{API}/cases/{reference}").json()["resolutions"]
    promised = next(one["told"]["customer"] for one in told if one["name"] == "return_label")

    answer = lumen.post(f"{API}/cases/{reference}/answer", {"client_id": "a", "resolution": "return_label"})

    assert answer.status_code == 201
    assert answer.json()["result"] == "answered"
    assert answer.json()["case"]["answer"]["by"] == "Lumen Test"
    assert promised in _texts(house, reference)[0]
    assert "Puedes devolver" in promised
    states = [entry.body["state"] for entry in _entries(house, reference) if entry.type == "case"]
    assert states == ["opened", "answered"]


def test_the_value_a_resolution_needs_is_told_and_checked(
    house: House, signed_in: Callable[[str], Person], opened: Callable[..., str]
) -> None:
    reference, lumen = opened("lumen", locale="de"), signed_in("lumen")
    path = f"{API}/cases/{reference}/answer"
    body = {"client_id": "a", "resolution": "partial_refund"}

    missing = lumen.post(path, body)
    too_much = lumen.post(path, {**body, "amount_cents": 5000})
    fine = lumen.post(path, {**body, "amount_cents": 1250})

    assert (missing.status_code, missing.json()["error"]["code"]) == (400, "amount_cents_needed")
    assert (too_much.status_code, list(too_much.json()["error"]["fields"])) == (400, ["amount_cents"])
    assert fine.status_code == 201
    assert "12,50" in _texts(house, reference)[0]


def test_text_in_the_customers_language_is_quoted_as_it_was_written(
    house: House, signed_in: Callable[[str], Person], opened: Callable[..., str]
) -> None:
    reference, hogar = opened("hogar", locale="es"), signed_in("hogar")
    text = "Hola, <script>alert(1)</script> mañana te enviamos la pantalla nueva sin ningún coste."

    hogar.post(f"{API}/cases/{reference}/answer", {"client_id": "a", "text": text})

    quoted = [
        entry for entry in _entries(house, reference) if entry.actor == "seller" and entry.type == "message"
    ]
    assert [entry.body["text"] for entry in quoted] == [text]
    assert quoted[0].body["quote_of"]["reference"] == reference
    assert hogar.get(f"{API}/cases/{reference}").json()["answer"]["text"] == text


def test_text_in_another_language_goes_to_a_colleague(
    house: House, signed_in: Callable[[str], Person], opened: Callable[..., str]
) -> None:
    reference, haoyu = opened("haoyu", locale="es"), signed_in("haoyu")
    text = "您好，我们明天会重新寄出一盏新的灯。"

    answer = haoyu.post(f"{API}/cases/{reference}/answer", {"client_id": "a", "text": text}).json()

    assert all(text not in shown for shown in _texts(house, reference))
    assert answer["case"]["told_at"] is None
    conversation_id = _conversation_id(house, reference)
    with house.database.read() as tx:
        assert log.get_conversation(tx, conversation_id).controller == "queue"


def test_the_same_answer_twice_is_one_answer(
    house: House, signed_in: Callable[[str], Person], opened: Callable[..., str]
) -> None:
    reference, lumen = opened(), signed_in("lumen")
    path, body = f"{API}/cases/{reference}/answer", {"client_id": "once", "resolution": "refund"}

    first, again = lumen.post(path, body), lumen.post(path, body)
    other = lumen.post(path, {"client_id": "once", "resolution": "replacement"})
    second = lumen.post(path, {"client_id": "twice", "resolution": "replacement"})

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert (other.status_code, other.json()["error"]["code"]) == (409, "client_id_reused")
    assert (second.status_code, second.json()["error"]["code"]) == (409, "case_already_answered")
    assert len(_texts(house, reference)) == 1


def test_no_reply_needed_is_recorded_with_who_said_so(
    signed_in: Callable[[str], Person], opened: Callable[..., str]
) -> None:
    reference, lumen = opened(), signed_in("lumen")

    lumen.post(f"{API}/cases/{reference}/answer", {"client_id": "a", "no_reply_needed": True})

    found = lumen.get(f"{API}/cases/{reference}").json()
    assert (found["answer"]["no_reply_needed"], found["answer"]["by"]) == (True, "Lumen Test")
    assert (found["group"], found["standing"]) == ("answered", "over")


def test_a_late_answer_is_kept_and_the_decision_stands(
    house: House, clock: FrozenClock, signed_in: Callable[[str], Person], opened: Callable[..., str]
) -> None:
    reference = opened()
    _expire(house, clock)
    told = _texts(house, reference)
    lumen = signed_in("lumen")
    before = lumen.get(f"{API}/cases/{reference}").json()

    answer = lumen.post(f"{API}/cases/{reference}/answer", {"client_id": "a", "resolution": "replacement"})

    assert before["standing"] == "late"
    assert before["decision"]["resolution"] == "return_label"
    assert before["decision"]["because"] == "Die Gewährleistung deckt diesen Mangel ab."
    assert (answer.status_code, answer.json()["result"]) == (201, "late")
    assert answer.json()["case"]["late"] is True
    assert answer.json()["case"]["decision"] == before["decision"]
    assert _texts(house, reference) == told
    assert lumen.get(f"{API}/cases?state=expired").json()["cases"][0]["late"] is True


BAD_ANSWERS: list[tuple[Any, int, str]] = [
    ({}, 400, "client_id"),
    ({"client_id": "a"}, 400, "resolution"),
    ({"client_id": "a", "resolution": "refund", "no_reply_needed": True}, 400, "resolution"),
    ({"client_id": "a", "resolution": "send_a_pony"}, 400, "resolution"),
    ({"client_id": "a", "resolution": ["refund"]}, 400, "resolution"),
    ({"client_id": "a", "resolution": "return_if_unsuitable"}, 400, "resolution"),
    ({"client_id": "a", "resolution": "refund", "amount_cents": 100}, 400, "amount_cents"),
    ({"client_id": "a", "resolution": "partial_refund", "amount_cents": "100"}, 400, "amount_cents"),
    ({"client_id": "a", "resolution": "partial_refund", "amount_cents": True}, 400, "amount_cents"),
    ({"client_id": "a", "resolution": "refund", "date": "2026-03-05"}, 400, "date"),
    ({"client_id": "a", "no_reply_needed": "yes"}, 400, "no_reply_needed"),
    ({"client_id": "a", "text": "a\x00b"}, 400, "text"),
    ({"client_id": "a", "text": "a" * 4001}, 413, "text"),
    ({"client_id": "a", "text": 7}, 400, "text"),
]


@pytest.mark.parametrize("name", ["lumen", "haoyu"])
def test_a_bad_answer_names_the_field_and_changes_nothing(
    house: House, signed_in: Callable[[str], Person], opened: Callable[..., str], name: str
) -> None:
    reference, person = opened(name), signed_in(name)
    path = f"{API}/cases/{reference}/answer"

    for body, status, field in BAD_ANSWERS:
        answer = person.post(path, body)
        assert answer.status_code == status, body
        assert answer.json()["error"]["fields"][field], body
    broken = person.session.post(person.address + path, data=b"{", timeout=20)

    assert (broken.status_code, broken.json()["error"]["code"]) == (400, "bad_json")
    assert person.get(f"{API}/cases/{reference}").json()["group"] == "open"
    assert _texts(house, reference) == []


@pytest.mark.parametrize(
    "query", ["state=pony", "after=x", "after=0.1", "after=5.1.P-1", f"after=0.{2**70}.P-1", "limit=0"]
)
def test_a_bad_query_is_refused(signed_in: Callable[[str], Person], query: str) -> None:
    assert signed_in("haoyu").get(f"{API}/cases?{query}").status_code == 400


def test_redirected_questions_are_the_sellers_own_and_masked(
    house: House, clock: FrozenClock, signed_in: Callable[[str], Person]
) -> None:
    with house.database.write() as tx:
        conversation = log.start_conversation(
            tx, locale="es", now=clock.now(), customer_id=None, customer_name=None
        )
        for number in range(seller.MESSAGES_PER_PAGE + 1):
            effect = MessageSeller("s-haoyu", "invoice_request", f"Factura {number}, a@b.example", "es")
            message_seller(tx, conversation.id, effect, clock.now())

    haoyu = signed_in("haoyu")
    first = haoyu.get(f"{API}/messages").json()
    rest = haoyu.get(f"{API}/messages?before={first['next']}").json()

    assert len(first["messages"]) == seller.MESSAGES_PER_PAGE
    assert [message["text"] for message in rest["messages"]] == ["Factura 0, •••"]
    assert (rest["next"], first["messages"][0]["title"]) == (None, "发票")
    assert signed_in("lumen").get(f"{API}/messages").json()["messages"] == []


def test_what_pages_do_not_say_is_grouped_by_product(
    house: House, clock: FrozenClock, signed_in: Callable[[str], Person]
) -> None:
    with house.database.write() as tx:
        mine = tx.execute(select(shop.products.c.id).where(shop.products.c.seller_id == "s-lumen")).scalars()
        often, once = list(mine)[:2]
        asked = [
            (once, "Gibt es ihn in Blau?"),
            (often, "¿Pesa mucho?"),
            (often, "pesa mucho"),
            (often, "b?"),
        ]
        for product_id, question in asked:
            count_page_gap(tx, "", PageGap(product_id, "es", question), clock.now())
        count_page_gap(tx, "", PageGap(once, "es", "alt"), clock.now() - timedelta(days=91))

    found = signed_in("lumen").get(f"{API}/pages").json()

    assert [(one["product_id"], one["count"]) for one in found["products"]] == [(often, 3), (once, 1)]
    questions = [(question["text"], question["times"]) for question in found["products"][0]["questions"]]
    assert questions == [("b?", 1), ("pesa mucho", 2)]
    assert signed_in("hogar").get(f"{API}/pages").json()["products"] == []


def test_the_socket_tells_of_new_cases_and_answers(
    house: House, address: str, signed_in: Callable[[str], Person], opened: Callable[..., str]
) -> None:
    lumen, hogar = signed_in("lumen"), signed_in("hogar")
    reference = opened("lumen")
    url = address.replace("http", "ws") + f"{API}/stream"

    async def frame(socket: Any, seconds: float = 10) -> Any:
        return json.loads(await asyncio.wait_for(socket.recv(), seconds))

    async def follow() -> None:
        def headers(person: Person) -> dict[str, str]:
            return {"Cookie": f"puente_session={person.token}"}

        async with (
            websockets.connect(url, extra_headers=headers(lumen)) as mine,
            websockets.connect(url, extra_headers=headers(hogar)) as others,
        ):
            assert await frame(mine) == {"cases": True}
            assert await frame(others) == {"cases": True}
            body = {"client_id": "a", "resolution": "refund"}
            await asyncio.to_thread(lumen.post, f"{API}/cases/{reference}/answer", body)
            assert await frame(mine) == {"cases": True}
            await asyncio.to_thread(opened, "lumen")  # no hint is published for it
            assert await frame(mine) == {"cases": True}
            with pytest.raises(asyncio.TimeoutError):
                await frame(others, 0.3)

    asyncio.run(follow())


def test_the_socket_is_for_sellers_on_our_own_pages(address: str, signed_in: Callable[[str], Person]) -> None:
    url = address.replace("http", "ws") + f"{API}/stream"

    async def refusal(headers: dict[str, str]) -> str:
        async with websockets.connect(url, extra_headers=headers) as socket:
            return str(json.loads(await socket.recv())["error"]["code"])

    cookie = {"Cookie": f"puente_session={signed_in('lumen').token}"}
    assert asyncio.run(refusal({})) == "not_signed_in"
    assert asyncio.run(refusal({"Cookie": f"puente_session={signed_in('ana').token}"})) == "wrong_role"
    assert asyncio.run(refusal({**cookie, "Origin": "https://elsewhere.example"})) == "csrf"


@pytest.mark.parametrize(("name", "locale"), SELLERS)
def test_the_page_is_in_the_sellers_language(
    signed_in: Callable[[str], Person], name: str, locale: str
) -> None:
    for path in ("/seller", "/seller/messages", "/seller/pages", "/seller/cases/P-1"):
        answer = signed_in(name).get(path)
        assert answer.status_code == 200
        assert f'<html lang="{locale}">' in answer.text
        assert catalogue("caselog", locale)["Product pages"] in answer.text
        assert "unsafe-inline" not in answer.headers["content-security-policy"]


def test_every_text_of_the_case_log_exists_in_every_language() -> None:
    scripts = [path.read_text(encoding="utf-8") for path in (STATIC / "seller").glob("*.js")]
    template = (ROOT / "bot/web/templates/seller/seller.html").read_text(encoding="utf-8")
    used = {text for script in scripts for text in re.findall(r'\bt\(\s*"((?:[^"\\]|\\.)+)"', script)}
    used |= set(re.findall(r"\b_\([\"']([^\"']+)[\"']\)", template))

    for locale in SELLER_LOCALES:
        texts = catalogue("caselog", locale)
        assert used <= set(texts), locale
        assert set(texts) == set(catalogue("caselog", "de")), locale
        for msgid, text in texts.items():
            assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", msgid)), (locale, msgid)
        for resolution in resolution_table().resolutions.values():
            assert resolution.tells in catalogue("cases", locale), locale

"""What is served is what is documented: with generated requests, right and wrong ones, and with real data."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, given
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi import checks

from bot.cases.effects import MessageSeller, OpenCase, message_seller, open_case
from bot.cases.store import get_case
from bot.conversations import control
from bot.conversations.tables import conversations
from bot.desk.effects import RequestCallBack, request_callback
from bot.service.contact_ways import Window
from bot.shop.tables import order_lines
from bot.training.effects import NoteUnsure, note_unsure
from bot.web.api_document import api_document, operations
from tests.web.contract_house import REST_TOKEN, ContractHouse, contract_house

CONVERSATION = "/api/v1/conversations/{conversation_id}"
DESK = "/api/v1/desk/conversations/{conversation_id}"
GENERATED = {"chat", "operation", "demo"}
EXAMPLES = 15

CHECKED = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ContractHouse]:
    """The demo house, served."""
    with contract_house(tmp_path_factory.mktemp("house")) as api:
        yield api


@pytest.fixture(scope="module")
def conversation(api: ContractHouse) -> dict[str, Any]:
    """A conversation with its token."""
    return api.call("POST", "/api/v1/conversations", expect=201, json={})


def _generated() -> list[Any]:
    return [
        pytest.param(path, method, mode, id=f"{operation['operationId']}-{mode.value}")
        for path, method, operation in operations(api_document(demo=True))
        if operation["tags"][0] in GENERATED
        and "x-websocket" not in operation
        and not path.endswith("/erase")
        for mode in GenerationMode
        if mode is GenerationMode.POSITIVE or operation["parameters"] or "requestBody" in operation
    ]


@pytest.mark.parametrize(("path", "method", "mode"), _generated())
def test_generated_requests_get_documented_answers(
    api: ContractHouse, conversation: dict[str, Any], path: str, method: str, mode: GenerationMode
) -> None:
    operation = api.schema[path][method.upper()]

    @given(case=operation.as_strategy(generation_mode=mode))
    @hypothesis.settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    def run(case: schemathesis.Case) -> None:
        api.forget_attempts()
        _make_possible(case, conversation)
        case.validate_response(case.call(base_url=api.address), checks=CHECKED)

    run()


def test_the_customers_road(api: ContractHouse) -> None:
    customer = api.call("GET", "/demo/customers", expect=200)[0]
    signed_in = {"customer_id": customer["customer_id"]}
    shop_token = api.call("POST", "/demo/sign-in", expect=200, json=signed_in)["customer_token"]
    start = {"locale": "de", "context": {"product_id": "lumen-001"}}
    begun = api.call("POST", "/api/v1/conversations", expect=201, json=start)
    here: dict[str, Any] = {"conversation_id": begun["conversation_id"], "token": begun["token"]}

    assert (
        api.call("PUT", f"{CONVERSATION}/customer", expect=200, json={"customer_token": shop_token}, **here)
        == signed_in
    )
    message = {"client_id": "1", "text": "Wo ist mein Paket?"}
    first = api.call("POST", f"{CONVERSATION}/messages", expect=201, json=message, **here)
    assert api.call("POST", f"{CONVERSATION}/messages", expect=200, json=message, **here) == first
    api.call("POST", f"{CONVERSATION}/messages", expect=409, json={**message, "text": "anders"}, **here)
    api.call(
        "POST", f"{CONVERSATION}/messages", expect=400, json={"client_id": "2", "payload": "nie"}, **here
    )
    api.call("POST", f"{CONVERSATION}/signals", expect=200, json={"typing": False, "seen": 1}, **here)
    answered = api.call("GET", f"{CONVERSATION}/events", expect=200, query={"after": 1, "wait": 20}, **here)
    assert [entry["actor"] for entry in answered["events"]] == ["bot"]


def test_the_road_by_steps(api: ContractHouse) -> None:
    customer = api.call("GET", "/demo/customers", expect=200)[0]
    signed_in = {"customer_id": customer["customer_id"]}
    shop_token = api.call("POST", "/demo/sign-in", expect=200, json=signed_in)["customer_token"]
    begun = api.call("POST", "/api/v1/conversations", expect=201, json={"customer_token": shop_token})
    here: dict[str, Any] = {"conversation_id": begun["conversation_id"], "token": begun["token"]}

    tree = api.call("GET", f"{CONVERSATION}/guide", expect=200, query={"topic": "order", "page": 1}, **here)
    line = tree["lines"]["items"][0]
    chosen = {
        "client_id": "1",
        "topic": "order",
        "issue": "damaged",
        "way": "email",
        "line_id": line["line_id"],
    }
    first = api.call("POST", f"{CONVERSATION}/guide", expect=201, json=chosen, **here)
    assert api.call("POST", f"{CONVERSATION}/guide", expect=200, json=chosen, **here) == first
    api.call(
        "POST", f"{CONVERSATION}/guide", expect=409, json={**chosen, "client_id": "2", "way": "fax"}, **here
    )
    api.call("GET", f"{CONVERSATION}/events", expect=200, query={"after": 0}, **here)
    package = api.call(
        "GET", DESK, expect=200, conversation_id=here["conversation_id"], token=api.account("clara")
    )
    assert package["guided"][0]["line_id"] == line["line_id"]


def test_the_agents_road(api: ContractHouse) -> None:
    clara, jan = api.account("clara"), api.account("jan")
    conversation_id, reference = _broken_item(api)
    here: dict[str, Any] = {"conversation_id": conversation_id, "token": clara}
    with api.house.database.write() as tx:
        control.hand_off(tx, conversation_id, reason="talk_to_human", now=api.house.clock.now())
        request_callback(tx, conversation_id, _call_back(api), api.house.clock.now())

    queue = api.call("GET", "/api/v1/desk/queue", token=clara, expect=200)
    assert [row["conversation_id"] for row in queue["waiting"]] == [conversation_id]
    callback = {"callback_id": queue["callbacks"][0]["id"], "token": clara}
    api.call("POST", f"{DESK}/claim", expect=200, **here)
    api.call("POST", f"{DESK}/claim", expect=409, **{**here, "token": jan})
    api.call("POST", f"{DESK}/notes", expect=201, json={"text": "Prefiere la tarde."}, **here)
    reply = {"client_id": "a", "text": "Hola, soy Clara.", "conveys": [reference]}
    api.call("POST", f"{DESK}/messages", expect=201, json=reply, **here)
    api.call("POST", f"{DESK}/messages", expect=200, json=reply, **here)
    api.call("POST", f"{DESK}/signals", expect=200, json={"typing": True}, **here)
    package = api.call("GET", DESK, expect=200, **here)
    assert package["order_line"]["in_question"]
    assert package["case"]["reference"] == reference
    api.call("GET", f"{DESK}/events", expect=200, query={"after": 0}, **here)
    of_call = "/api/v1/desk/callbacks/{callback_id}"
    api.call("POST", f"{of_call}/not-reached", expect=409, **callback)
    api.call("POST", f"{of_call}/take", expect=200, **callback)
    api.call("POST", f"{of_call}/take", expect=409, **{**callback, "token": jan})
    api.call("POST", f"{of_call}/put-back", expect=200, **callback)
    api.call("POST", f"{of_call}/take", expect=200, **callback)
    api.call("POST", f"{of_call}/not-reached", expect=200, **callback)
    api.call("POST", f"{of_call}/done", expect=200, **callback)
    api.call("POST", "/api/v1/desk/callbacks/{callback_id}/done", expect=404, callback_id=10**7, token=clara)
    api.call("POST", f"{DESK}/release", expect=200, json={"to": "queue"}, **here)
    api.call("POST", f"{DESK}/claim", expect=200, **here)
    api.call("POST", f"{DESK}/close", expect=409, json={"seen": 0}, **here)
    api.call("POST", f"{DESK}/close", expect=200, **here)
    api.call("GET", DESK, expect=404, conversation_id="nowhere", token=clara)
    api.call("GET", "/api/v1/desk/queue", expect=403, token=api.account("tessa"))


def test_the_supervisors_figures(api: ContractHouse) -> None:
    sofia = api.account("sofia")

    found = api.call("GET", "/api/v1/desk/satisfaction", expect=200, token=sofia)

    assert [one["days"] for one in found["periods"]] == [7, 30, 90]
    api.call("GET", "/api/v1/desk/satisfaction", expect=403, token=api.account("clara"))
    api.call("GET", "/api/v1/desk/satisfaction.csv", expect=200, query={"days": 30}, token=sofia)


def _call_back(api: ContractHouse) -> RequestCallBack:
    now = api.house.clock.now()
    return RequestCallBack("+34600111222", Window(now, now + timedelta(minutes=30)), "Europe/Madrid")


def test_the_sellers_road(api: ContractHouse) -> None:
    _, reference = _broken_item(api)
    here = {"reference": reference, "token": _seller_of(api, reference)}
    case, answer = "/api/v1/seller/cases/{reference}", "/api/v1/seller/cases/{reference}/answer"

    for state in ("open", "soon", "expired", "answered", "all"):
        api.call("GET", "/api/v1/seller/cases", expect=200, query={"state": state}, token=here["token"])
    file = api.call("GET", case, expect=200, **here)
    api.call("POST", answer, expect=400, json={"client_id": "0"}, **here)
    given_ = {"client_id": "1", "resolution": next(r["name"] for r in file["resolutions"] if not r["needs"])}
    assert api.call("POST", answer, expect=201, json=given_, **here)["result"] == "answered"
    api.call("POST", answer, expect=200, json=given_, **here)
    api.call("POST", answer, expect=409, json={"client_id": "2", "no_reply_needed": True}, **here)
    assert api.call("GET", case, expect=200, **here)["answer"]["resolution"] == given_["resolution"]
    assert api.call("GET", "/api/v1/seller/messages", expect=200, token=here["token"])["messages"]
    api.call("GET", "/api/v1/seller/pages", expect=200, token=here["token"])
    api.call("GET", case, expect=404, reference="P-NONE", token=here["token"])


def test_a_case_that_ran_out(api: ContractHouse) -> None:
    conversation_id, reference = _broken_item(api)
    here = {"reference": reference, "token": _seller_of(api, reference)}

    api.call("POST", "/demo/clock", expect=200, json={"advance_seconds": 25 * 3600})

    answer = {"client_id": "1", "text": "Wir haben Ihnen gestern ein neues Glas geschickt, es ist unterwegs."}
    taken = api.call("POST", "/api/v1/seller/cases/{reference}/answer", expect=201, json=answer, **here)
    assert taken["result"] == "late"
    clara = api.account("clara")
    staff = api.call("GET", DESK, expect=200, conversation_id=conversation_id, token=clara)
    assert staff["case"]["state"] == "decided"
    assert {"opened", "expired", "decided"} <= {e["body"].get("state") for e in staff["events"]}


def test_the_trainers_road(api: ContractHouse) -> None:
    tessa = api.account("tessa")
    conversation_id, _ = _broken_item(api)
    ranking = ({"name": "order_late", "confidence": 0.31},)
    effect = NoteUnsure("¿y eso?", "es", "order_late", 0.31, ranking, "m1", 1)
    with api.house.database.write() as tx:
        note_unsure(tx, conversation_id, effect, api.house.clock.now())

    row = api.call("GET", "/api/v1/studio/inbox", token=tessa, expect=200, query={"language": "es"})[
        "messages"
    ][0]
    of_row = {"message_id": row["id"], "token": tessa}
    api.call("GET", "/api/v1/studio/inbox/{message_id}/conversation", expect=200, **of_row)
    wrong = {"intent": "no_such_thing"}
    api.call("POST", "/api/v1/studio/inbox/{message_id}/correct", expect=400, json=wrong, **of_row)
    api.call("POST", "/api/v1/studio/inbox/{message_id}/skip", expect=200, **of_row)
    api.call("POST", "/api/v1/studio/inbox/{message_id}/skip", expect=409, **of_row)
    assert len(api.call("GET", "/api/v1/studio/examples", token=tessa, expect=200)["intents"]) == 45
    found = api.call(
        "GET", "/api/v1/studio/examples/{intent}", intent="order_status", token=tessa, expect=200
    )
    assert len(found["examples"]) >= 30
    api.call("GET", "/api/v1/studio/models", token=tessa, expect=200)
    api.call("GET", "/api/v1/studio/models/{name}/comparison", name="none", token=tessa, expect=404)
    api.call("POST", "/api/v1/studio/models/{name}/use", name="none", token=tessa, expect=404)
    api.call("POST", "/api/v1/studio/models/go-back", token=tessa, expect=409)
    assert api.call("GET", "/api/v1/studio/training", token=tessa, expect=200) == {"state": "idle"}
    api.call("DELETE", "/api/v1/studio/training", token=tessa, expect=409)
    api.call("GET", "/api/v1/nlu/parse", token=tessa, expect=200, query={"text": "hola"})


def test_accounts(api: ContractHouse) -> None:
    api.forget_attempts()
    demo = api.call("GET", "/demo/accounts", expect=200)[0]
    who = {"email": demo["email"], "password": demo["password"]}

    token = api.call("POST", "/api/v1/sign-in", expect=200, json=who)["token"]

    api.call("POST", "/api/v1/sign-in", expect=401, json={**who, "password": "no"})
    api.call("PUT", "/api/v1/account", expect=200, json={"locale": "es"}, token=token)
    api.call("PUT", "/api/v1/account", expect=400, json={"locale": "zh"}, token=token)
    api.call("POST", "/api/v1/sign-out", expect=200, token=token)
    api.call("POST", "/api/v1/sign-out", expect=401)


def test_the_rest_channel(api: ContractHouse) -> None:
    said = {"sender": "partner-17", "message": "hola"}

    answers = api.call("POST", "/webhooks/rest/webhook", token=REST_TOKEN, expect=200, json=said)

    assert answers == [{"recipient_id": "partner-17", "text": "echo: hola"}]
    api.call("POST", "/webhooks/rest/webhook", token="wrong", expect=401, json=said)


def _make_possible(case: schemathesis.Case, conversation: dict[str, Any]) -> None:
    """Give a generated request what cannot be guessed, unless it is wrong on purpose; never let it wait."""
    if "{conversation_id}" in case.path:
        if not _is_wrong(case, ParameterLocation.PATH):
            case.path_parameters["conversation_id"] = conversation["conversation_id"]
        case.headers["Authorization"] = f"Bearer {conversation['token']}"
    if case.path.startswith("/webhooks"):
        case.headers["Authorization"] = f"Bearer {REST_TOKEN}"
    if str(case.query.get("wait", "")).isdigit():
        case.query["wait"] = min(int(case.query["wait"]), 26) // 26 * 26


def _is_wrong(case: schemathesis.Case, location: ParameterLocation) -> bool:
    component = case.meta.components.get(location) if case.meta else None
    return component is not None and component.mode is GenerationMode.NEGATIVE


def _broken_item(api: ContractHouse) -> tuple[str, str]:
    """(conversation, reference): a signed-in customer's case about an item, and a redirected question."""
    now = api.house.clock.now()
    delivered = order_lines.c.state == "delivered"
    with api.house.database.read() as tx:
        line = tx.execute(order_lines.select().where(delivered, order_lines.c.seller_id == "s-lumen")).first()
    order = api.house.shop.order(line.order_id)
    customer = api.house.shop.customer(order.customer_id)
    begun = api.call("POST", "/api/v1/conversations", expect=201, json={"locale": customer.locale})
    conversation_id = begun["conversation_id"]
    reference = f"P-{conversation_id[:6].upper()}"
    effect = OpenCase(
        reference, "item_damaged", line.seller_id, line.order_id, line.id, line.product_id,
        "Llegó rota, mi correo es a@b.es", customer.locale, now - timedelta(minutes=1),
        {"description": "rota", "wish": "replacement"}, [{"what": "guarantee", "result": "open"}],
    )  # fmt: skip
    question = MessageSeller(
        line.seller_id, "invoice_request", "¿Y la factura?", "es", line.order_id, line.product_id
    )
    focus = {"order_id": line.order_id, "line_id": line.id, "product_id": line.product_id}
    with api.house.database.write() as tx:
        control.sign_in_customer(tx, conversation_id, customer_id=customer.id, name=customer.name)
        tx.execute(conversations.update().where(conversations.c.id == conversation_id).values(**focus))
        open_case(tx, conversation_id, effect, now)
        message_seller(tx, conversation_id, question, now)
    said = {"client_id": "0", "text": "Llegó rota"}
    here = {"conversation_id": conversation_id, "token": begun["token"]}
    api.call("POST", f"{CONVERSATION}/messages", expect=201, json=said, **here)
    api.call("GET", f"{CONVERSATION}/events", expect=200, query={"after": 2, "wait": 20}, **here)
    return conversation_id, reference


def _seller_of(api: ContractHouse, reference: str) -> str:
    with api.house.database.read() as tx:
        seller_id = get_case(tx, reference).seller_id
    return api.account(seller_id.removeprefix("s-"))

"""A photo goes from the customer's telephone into the chat, the desk, and nowhere else."""

from __future__ import annotations

import base64
from typing import Any

import pytest
import requests
from playwright.sync_api import expect
from sqlalchemy import select

from bot.accounts.tables import accounts
from bot.app import House
from bot.attachments import LARGEST_BYTES
from bot.cases.effects import OpenCase, open_case
from tests.attachments.test_kinds import picture
from tests.browser.browsing import Visits
from tests.browser.pages import Shop, Widget
from tests.harness import eventually

PHOTO = picture(size=(400, 300), with_place=True)


class Customer:
    """A program that holds the token of one conversation."""

    def __init__(self, address: str) -> None:
        self.api = f"{address}/api/v1/conversations"
        started = requests.post(self.api, json={"locale": "es"}, timeout=10).json()
        self.id = started["conversation_id"]
        self.headers = {"authorization": f"Bearer {started['token']}"}
        self.url = f"{self.api}/{self.id}"

    def upload(self, content: bytes, name: str = "foto.jpg", client_id: str = "1", **headers: str) -> Any:
        query = {"client_id": client_id, "name": name}
        headers = {**self.headers, "content-type": "image/jpeg", **headers}
        return requests.post(f"{self.url}/attachments", content, params=query, headers=headers, timeout=20)

    def send(self, body: dict[str, Any]) -> Any:
        return requests.post(f"{self.url}/messages", json=body, headers=self.headers, timeout=10)

    def get(self, path: str) -> Any:
        return requests.get(f"{self.url}/{path}", headers=self.headers, timeout=10)


@pytest.fixture
def customer(address: str) -> Customer:
    return Customer(address)


def test_file_is_kept_once_sent_with_a_message_and_given_to_its_customer_only(
    address: str, customer: Customer
) -> None:
    first, again = customer.upload(PHOTO), customer.upload(PHOTO)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert customer.upload(picture("PNG"), client_id="1").status_code == 409
    file = first.json()

    sent = customer.send({"client_id": "m", "attachments": [file["id"]]})
    assert sent.status_code == 201
    assert customer.send({"client_id": "m", "attachments": [file["id"]]}).status_code == 200
    message = customer.get("events?after=0").json()["events"][0]
    assert message["body"]["attachments"] == [file]

    kept = customer.get(f"attachments/{file['id']}/file")
    assert kept.headers["content-type"] == "image/jpeg"
    assert kept.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in kept.headers["content-security-policy"]
    assert kept.headers["content-disposition"].startswith("inline")
    assert b"Maker of cameras" not in kept.content

    link = customer.get(f"attachments/{file['id']}/link").json()
    assert requests.get(address + link["preview"], timeout=10).status_code == 200
    other = Customer(address)
    for path in (f"attachments/{file['id']}/file", f"attachments/{file['id']}/link"):
        assert other.get(path).status_code == 404
        assert requests.get(f"{customer.url}/{path}", headers=other.headers, timeout=10).status_code == 401
        assert requests.get(f"{customer.url}/{path}", timeout=10).status_code == 401
    assert other.send({"client_id": "m", "attachments": [file["id"]]}).json()["error"]["fields"]
    foreign = other.upload(PHOTO).json()["id"]
    key = other.get(f"attachments/{foreign}/link").json()["url"].partition("key=")[2]
    assert (
        requests.get(f"{customer.url}/attachments/{file['id']}/file?key={key}", timeout=10).status_code == 401
    )


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"MZ a program", 400, "file_kind_not_taken"),
        (b"", 400, "file_empty"),
        (b"%PDF-" + b"0" * LARGEST_BYTES, 413, "file_too_large"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_the_reason(
    customer: Customer, content: bytes, status: int, code: str
) -> None:
    answer = customer.upload(content)

    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_pdf_is_only_ever_saved(customer: Customer) -> None:
    file = customer.upload(b"%PDF-1.4 receipt", name='a"b;c.pdf').json()

    kept = customer.get(f"attachments/{file['id']}/file")

    assert kept.headers["content-disposition"].startswith("attachment;")
    assert file["name"] == "a b;c.pdf"


def test_too_many_files_are_refused(customer: Customer) -> None:
    ids = [customer.upload(PHOTO, client_id=str(n)).json()["id"] for n in range(6)]

    answer = customer.send({"client_id": "m", "attachments": ids})

    assert answer.status_code == 400
    assert "5" in answer.json()["error"]["fields"]["attachments"]


def test_staff_see_it_and_others_do_not(house: House, address: str, customer: Customer) -> None:
    file = customer.upload(PHOTO).json()
    customer.send({"client_id": "m", "text": "mira", "attachments": [file["id"]]})
    path = f"{address}/api/v1/desk/conversations/{customer.id}/attachments/{file['id']}?preview=1"

    def as_(role: str) -> int:
        with house.database.read() as tx:
            row = tx.execute(select(accounts).where(accounts.c.role == role)).first()
        token = house.tokens.for_session(row.id, row.session_epoch)
        return requests.get(path, headers={"authorization": f"Bearer {token}"}, timeout=10).status_code

    assert (as_("agent"), as_("seller"), requests.get(path, timeout=10).status_code) == (200, 403, 401)


def test_photo_is_chosen_previewed_sent_and_survives_a_reload(widget: Widget) -> None:
    page = widget.page
    page.set_input_files(
        'input[type="file"][multiple]', {"name": "rota.jpg", "mimeType": "image/jpeg", "buffer": PHOTO}
    )
    expect(page.locator(".file.ready")).to_contain_text("rota.jpg")

    page.reload()
    expect(page.locator(".file.ready")).to_contain_text("rota.jpg")
    widget.say("So sieht sie aus")

    expect(page.locator(".outgoing .message")).to_have_count(0)
    image = page.locator(".group.customer .attachment-image")
    expect(image).to_have_attribute("alt", "Foto: rota.jpg")
    eventually(lambda: image.evaluate("image => image.naturalWidth"))
    expect(page.locator(".file")).to_have_count(0)


def test_picture_is_pasted_and_a_wrong_file_dropped(widget: Widget) -> None:
    page = widget.page
    encoded = base64.b64encode(PHOTO).decode()
    page.evaluate(
        """([encoded]) => {
          const bytes = Uint8Array.from(atob(encoded), (c) => c.charCodeAt(0));
          const root = document.querySelector("puente-chat").shadowRoot;
          const carry = (name, type, content) => {
            const data = new DataTransfer();
            data.items.add(new File([content], name, { type }));
            return data;
          };
          root.querySelector("#puente-text").dispatchEvent(new ClipboardEvent("paste", {
            clipboardData: carry("shot.png", "image/png", bytes), bubbles: true, cancelable: true }));
          root.querySelector(".panel").dispatchEvent(new DragEvent("drop", {
            dataTransfer: carry("photo.jpg", "image/jpeg", "MZ no photo"), bubbles: true, cancelable: true }));
        }""",
        [encoded],
    )

    expect(page.locator(".file.ready")).to_contain_text("shot.jpg")
    expect(page.locator(".file.failed")).to_contain_text("JPEG")
    expect(page.get_by_role("button", name=widget.text("Send"))).to_be_disabled()
    page.get_by_role("button", name=widget.text("Remove {name}", name="photo.jpg")).click()
    page.get_by_role("button", name=widget.text("Send")).click()
    expect(page.locator(".group.customer .attachment-image")).to_have_count(1)


def test_names_are_text_everywhere(visits: Visits, house: House) -> None:
    widget = Shop(visits.person("es"), "es").home().widget.open()
    name = "<img src=x onerror=alert(1)>.pdf"
    widget.page.set_input_files(
        'input[type="file"][multiple]', {"name": name, "mimeType": "application/pdf", "buffer": b"%PDF-1.4"}
    )
    expect(widget.page.locator(".file.ready")).to_be_visible()
    widget.page.get_by_role("button", name=widget.text("Send")).click()

    expect(widget.page.locator(".group.customer .attachment")).to_contain_text("onerror")
    expect(widget.page.locator(".log img")).to_have_count(0)


def test_photo_is_evidence_of_the_case_for_its_seller_alone(
    house: House, address: str, customer: Customer
) -> None:
    first = customer.upload(PHOTO, client_id="1").json()["id"]
    customer.send({"client_id": "a", "text": "rota", "attachments": [first]})
    effect = OpenCase(
        reference="P-PHOTO1", reason="item_damaged", seller_id="s-lumen", order_id=None, line_id=None, product_id=None,
        customer_words="rota", customer_locale="es", started_at=house.clock.now(),
    )  # fmt: skip
    with house.database.write() as tx:
        open_case(tx, customer.id, effect, house.clock.now())
    second = customer.upload(PHOTO, client_id="2").json()["id"]
    customer.send({"client_id": "b", "attachments": [second]})
    unsent = customer.upload(PHOTO, client_id="3").json()["id"]

    def as_seller(seller_id: str, path: str) -> Any:
        with house.database.read() as tx:
            row = tx.execute(select(accounts).where(accounts.c.seller_id == seller_id)).first()
        token = house.tokens.for_session(row.id, row.session_epoch)
        headers = {"authorization": f"Bearer {token}"}
        return requests.get(f"{address}/api/v1/seller/cases/P-PHOTO1{path}", headers=headers, timeout=10)

    found = as_seller("s-lumen", "").json()
    assert [file["id"] for file in found["files"]] == [first, second]
    assert "evidence" in [event["type"] for event in found["history"]]
    assert as_seller("s-lumen", f"/attachments/{second}").status_code == 200
    assert as_seller("s-lumen", f"/attachments/{unsent}").status_code == 404
    assert as_seller("s-haoyu", f"/attachments/{second}").status_code == 404

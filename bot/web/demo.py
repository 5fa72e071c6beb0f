"""Demo mode only: the shop's pages, its sign-in, its accounts, and the movable clock."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

from babel.dates import format_date
from babel.numbers import format_currency
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse
from sqlalchemy import select

from bot.accounts.tokens import demo_customer_token
from bot.base.clock import isoformat
from bot.base.errors import Unknown
from bot.base.texts import locale_of
from bot.demo import ACCOUNTS, PASSWORD
from bot.service.coverage import coverage_of, topic_of
from bot.shop import tables
from bot.shop.model import OrderLine, Page, Product
from bot.storage import shared
from bot.web.context import body_of, in_thread, text_field, whole_number
from bot.web.pages import page

bp = Blueprint("demo")

MAX_ADVANCE_SECONDS = 366 * 24 * 3600


@bp.get("/")
async def root(request: Request) -> HTTPResponse:
    """To the shop in the reader's language."""
    return response.redirect(f"/{locale_of(request.headers.get('accept-language'))}/")


@bp.get("/<locale:(es|de)>/")
async def home(request: Request, locale: str) -> HTTPResponse:
    """The products, narrowed by `?category=` and `?seller=`."""
    house = request.app.ctx.house
    products, sellers = await in_thread(request, _catalogue, house, locale)
    categories = list(dict.fromkeys(product["category"] for product in products))
    chosen = {
        "category": request.args.get("category", "") if request.args.get("category") in categories else "",
        "seller": request.args.get("seller", "") if request.args.get("seller") in sellers else "",
    }
    shown = [
        product
        for product in products
        if chosen["category"] in ("", product["category"]) and chosen["seller"] in ("", product["seller_id"])
    ]
    return page(
        request,
        "shop/home.html",
        domain="shop",
        locale=locale,
        here="/",
        product_id="",
        products=shown if chosen["category"] else _mixed(shown),
        categories=categories,
        sellers=[{"id": key, "name": name} for key, name in sellers.items()],
        chosen=chosen,
    )


@bp.get("/<locale:(es|de)>/p/<product_id:str>")
async def product_page(request: Request, locale: str, product_id: str) -> HTTPResponse:
    """A product detail page."""
    house = request.app.ctx.house

    def work() -> dict[str, Any] | None:
        product, detail = house.shop.product(product_id), house.shop.page(product_id, locale)
        seller = house.shop.seller(product.seller_id) if product else None
        return _product(product, detail, seller.name, locale) if product and detail and seller else None

    found = await in_thread(request, work)
    if found is None:
        raise Unknown("unknown_page")
    return page(
        request, "shop/product.html", domain="shop", locale=locale, here=f"/p/{product_id}", product_id=product_id,
        product=found,
    )  # fmt: skip


@bp.get("/<locale:(es|de)>/orders")
async def orders(request: Request, locale: str) -> HTTPResponse:
    """The orders of the signed-in demo customer; filled by the page's script."""
    return page(request, "shop/orders.html", domain="shop", locale=locale, here="/orders", product_id="")


@bp.get("/demo/customers")
async def customers(request: Request) -> HTTPResponse:
    """All customers with their orders: what a tester needs to pick one."""
    found = await in_thread(request, _customers, request.app.ctx.house)
    return response.json(found, ensure_ascii=False)


@bp.post("/demo/sign-in")
async def sign_in(request: Request) -> HTTPResponse:
    """{customer_id} → {customer_token}, as the shop would make it."""
    house = request.app.ctx.house
    customer_id = text_field(body_of(request), "customer_id", limit=64)
    customer = await in_thread(request, house.shop.customer, customer_id)
    if customer is None:
        raise Unknown("unknown_customer")
    token = demo_customer_token(
        house.settings.customer_token_key(), customer.id, name=customer.name, locale=customer.locale
    )
    return response.json({"customer_token": token})


@bp.get("/demo/accounts")
async def accounts(_request: Request) -> HTTPResponse:
    """The demo accounts of staff and sellers."""
    rows = [
        {"email": email, "password": PASSWORD, "role": role, "name": name}
        for email, name, role, _l, _s in ACCOUNTS
    ]
    return response.json(rows, ensure_ascii=False)


@bp.post("/demo/clock")
async def advance(request: Request) -> HTTPResponse:
    """{advance_seconds} → {now}: moves the clock of all processes and does at once what has become due."""
    house = request.app.ctx.house
    seconds = whole_number(
        body_of(request).get("advance_seconds"), "advance_seconds", most=MAX_ADVANCE_SECONDS
    )

    def work() -> None:
        shared.advance_clock(house.database, house.clock, seconds)
        house.run_deadlines()

    await in_thread(request, work)
    return response.json({"now": isoformat(house.clock.now())})


def _catalogue(house: Any, locale: str) -> tuple[list[dict[str, Any]], dict[str, str]]:
    with house.database.read() as tx:
        ids = list(tx.execute(select(tables.products.c.id).order_by(tables.products.c.id)).scalars())
        sellers = {
            row.id: row.name for row in tx.execute(select(tables.sellers).order_by(tables.sellers.c.name))
        }
        rows = tx.execute(select(tables.products)).all()
    products = {row.id: Product(**row._mapping) for row in rows}
    pages = house.shop.pages(ids, locale)
    return [
        _product(products[i], pages[i], sellers[products[i].seller_id], locale) for i in ids if i in pages
    ], sellers


def _mixed(products: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One of each category in turn: the first look shows the whole range."""
    shelves: dict[str, list[dict[str, Any]]] = {}
    for product in products:
        shelves.setdefault(product["category"], []).append(product)
    rows = zip_longest(*shelves.values())
    return [product for row in rows for product in row if product is not None]


def _product(product: Product, detail: Page, seller: str, locale: str) -> dict[str, Any]:
    restock = format_date(product.restock_at.date(), "long", locale=locale) if product.restock_at else None
    return {
        "id": product.id,
        "title": detail.title,
        "brand": product.brand,
        "category": product.category,
        "image": product.image,
        "price": format_currency(product.price_cents / 100, "EUR", locale=locale),
        "seller": seller,
        "seller_id": product.seller_id,
        "stock": product.stock,
        "restock_on": restock,
        "returnable": product.returnable,
        "guarantee_months": product.guarantee_months,
        "description": detail.description,
        "attributes": [{"name": a.name, "value": a.value} for a in detail.attributes],
        "box": list(detail.box),
        "questions": [{"question": question, "answer": answer} for question, answer in detail.questions],
    }


def _customers(house: Any) -> list[dict[str, Any]]:
    with house.database.read() as tx:
        people = tx.execute(select(tables.customers).order_by(tables.customers.c.id)).all()
        products = {row.id: row for row in tx.execute(select(tables.products)).all()}
        sellers = dict(tx.execute(select(tables.sellers.c.id, tables.sellers.c.name)).all())
        pages = tables.product_pages.c
        named = tx.execute(select(pages.product_id, pages.locale, pages.title)).all()
        titles = {(row.product_id, row.locale): row.title for row in named}
    periods = {seller_id: house.shop.enrolments(seller_id) for seller_id in sellers}
    now = house.clock.now()

    def line_as_json(line: OrderLine, locale: str) -> dict[str, Any]:
        product = products.get(line.product_id)
        return {
            "line_id": line.id,
            "title": titles.get((line.product_id, locale), line.product_id),
            "seller": line.seller_id,
            "seller_name": sellers[line.seller_id],
            "fulfilled_by": line.fulfilled_by,
            "covered": coverage_of(line, periods[line.seller_id], topic_of("order_status"), now=now).covered,
            "state": line.state,
            "promised_at": isoformat(line.promised_at),
            "delivered_at": isoformat(line.delivered_at) if line.delivered_at else None,
            "product_id": line.product_id,
            "image": product.image if product else "",
            "returnable": product.returnable if product else False,
            "quantity": line.quantity,
            "price_cents": line.price_cents,
        }

    return [
        {
            "customer_id": person.id,
            "name": person.name,
            "email": person.email,
            "locale": person.locale,
            "orders": [
                {
                    "order_id": order.id,
                    "ordered_at": isoformat(order.ordered_at),
                    "postal_code": order.postal_code,
                    "lines": [line_as_json(line, person.locale) for line in order.lines],
                }
                for order in house.shop.orders_of(person.id)
            ],
        }
        for person in people
    ]

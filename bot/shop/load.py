"""Loading the shop's data from files: checked whole, then written in one transaction; the same again changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Table, select
from sqlalchemy.engine import Connection

from bot.shop import rows, tables
from bot.shop.files import MAX_PROBLEMS, Batch, Problem, Where, read_files
from bot.shop.model import OrderLine, SellerPolicy
from bot.shop.sql import policies_of
from bot.storage.database import Database

T = TypeVar("T")

_ASKED_AT_ONCE = 500


def load(
    database: Database,
    paths: list[Path],
    *,
    worse: Callable[[Mapping[str, Any]], Sequence[str]],
    dry_run: bool,
    progress: Callable[[str, int], None],
) -> Batch:
    """Load files and folders of files. With problems, or with `dry_run`, nothing is written.

    `worse(terms)` names the respects in which a return policy is worse than the standard (R13).
    `progress(what, count)` is called after each file and each kind that was written.
    """
    batch = read_files(paths, progress=progress)
    batch.problems += _refused_policies(batch, worse)
    if batch.problems:
        return batch
    if dry_run:
        with database.read() as tx:
            _check_references(tx, batch)
            _check_history(tx, batch)
        return batch
    with database.write() as tx:
        ordered_at = _check_references(tx, batch)
        _check_history(tx, batch)
        if not batch.problems:
            _write(tx, batch, ordered_at, progress)
    return batch


def _write(
    tx: Connection, batch: Batch, ordered_at: dict[str, datetime], progress: Callable[[str, int], None]
) -> None:
    """Everything, what is referred to before what refers to it."""
    rows.put_customers(tx, _values(batch.customers))
    rows.put_sellers(tx, _values(batch.sellers))
    rows.put_policies(tx, _values(batch.policies))
    rows.put_enrolments(tx, _values(batch.enrolments))
    rows.put_products(tx, _values(batch.products))
    progress("products written", len(batch.products))
    rows.put_pages(tx, _values(batch.pages))
    rows.put_orders(tx, [order for _, order in batch.orders.values()])
    progress("orders written", len(batch.orders))
    rows.put_lines(tx, _lines(batch, ordered_at))
    progress("order lines written", len(batch.lines))


def _lines(batch: Batch, ordered_at: dict[str, datetime]) -> Iterator[OrderLine]:
    for (order_id, _), (_, line) in batch.lines.items():
        yield line.to_model(order_id, ordered_at[order_id])


def _check_references(tx: Connection, batch: Batch) -> dict[str, datetime]:
    """Note what refers to nothing, in the files or in the database; returns when each order was placed."""
    problems: list[Problem] = []

    def check(table: Table, here: Iterable[str], column: str, named: Sequence[tuple[Where, str]]) -> None:
        inside = set(here)
        known = _known(tx, table.c.id, {value for _, value in named} - inside)
        problems.extend(
            Problem(where, column, f"there is no {value} in {table.name}: load it too, or correct the id")
            for where, value in named
            if value not in inside and value not in known
        )

    check(
        tables.sellers, batch.sellers, "seller_id", [(w, p.seller_id) for w, p in batch.enrolments.values()]
    )
    check(tables.sellers, batch.sellers, "seller_id", [(w, p.seller_id) for w, p in batch.policies.values()])
    check(tables.sellers, batch.sellers, "seller_id", [(w, p.seller_id) for w, p in batch.products.values()])
    check(tables.products, batch.products, "product_id", [(w, p.product_id) for w, p in batch.pages.values()])
    check(
        tables.customers,
        batch.customers,
        "customer_id",
        [(w, o.customer_id) for w, o in batch.orders.values()],
    )
    check(
        tables.products, batch.products, "product_id", [(w, li.product_id) for w, li in batch.lines.values()]
    )
    check(tables.sellers, batch.sellers, "seller_id", [(w, li.seller_id) for w, li in batch.lines.values()])
    check(tables.orders, batch.orders, "order_id", [(batch.lines[key][0], key[0]) for key in batch.lines])
    problems += _bare(
        tx,
        {product_id: where for product_id, (where, _) in batch.products.items()},
        {product_id for product_id, _ in batch.pages},
        tables.product_pages.c.product_id,
        "this product has no page: add one to product_pages.csv",
    )
    problems += _bare(
        tx,
        {order_id: where for order_id, (where, _) in batch.orders.items()},
        {order_id for order_id, _ in batch.lines},
        tables.order_lines.c.order_id,
        "this order has no lines: add them to order_lines.csv",
    )
    batch.problems += problems[:MAX_PROBLEMS]
    ordered_at = {order_id: order.ordered_at for order_id, (_, order) in batch.orders.items()}
    others = {order_id for order_id, _ in batch.lines} - set(ordered_at)
    return ordered_at | _placed(tx, others)


def _refused_policies(batch: Batch, worse: Callable[[Mapping[str, Any]], Sequence[str]]) -> list[Problem]:
    """R13: policies that are worse than the standard, with the respects."""
    return [
        Problem(
            where, "terms", f"worse than the standard policy in {', '.join(respects)}: it would not count"
        )
        for where, policy in batch.policies.values()
        if policy.terms is not None and (respects := worse(policy.terms))
    ]


def _check_history(tx: Connection, batch: Batch) -> None:
    """R13: what was approved once is never changed, and nothing is put before it: orders rest on it."""
    stored: dict[str, list[SellerPolicy]] = {}
    for part in _parts(sorted({seller_id for seller_id, _ in batch.policies})):
        for policy in policies_of(tx, part):
            stored.setdefault(policy.seller_id, []).append(policy)
    for (seller_id, valid_from), (where, policy) in batch.policies.items():
        known = stored.get(seller_id, [])
        if policy in known or all(one.valid_from < valid_from for one in known):
            continue
        what = f"the policies of {seller_id} up to {known[-1].valid_from.isoformat()} stand as they were approved"
        batch.problems.append(Problem(where, "valid_from", f"{what}: give a later instant"))


def _bare(tx: Connection, named: dict[str, Where], inside: set[str], column: Any, what: str) -> list[Problem]:
    """Products without a page, orders without a line."""
    bare = set(named) - inside
    bare -= _known(tx, column, bare)
    return [Problem(where, "id", what) for key, where in named.items() if key in bare]


def _known(tx: Connection, column: Any, wanted: set[str]) -> set[str]:
    found: set[str] = set()
    for part in _parts(sorted(wanted)):
        found.update(tx.execute(select(column).where(column.in_(part))).scalars())
    return found


def _placed(tx: Connection, order_ids: set[str]) -> dict[str, datetime]:
    orders = tables.orders
    found: dict[str, datetime] = {}
    for part in _parts(sorted(order_ids)):
        query = select(orders.c.id, orders.c.ordered_at).where(orders.c.id.in_(part))
        found.update({row.id: row.ordered_at for row in tx.execute(query)})
    return found


def _parts(items: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(items), _ASKED_AT_ONCE):
        yield items[start : start + _ASKED_AT_ONCE]


def _values(found: dict[Any, tuple[Where, T]]) -> list[T]:
    return [value for _, value in found.values()]

"""What the commands of `puente` do. Heavy imports happen inside each, so that `puente user list` is instant."""

from __future__ import annotations

import argparse
import getpass
import json
import os
import sqlite3
import sys
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.accounts import store
from bot.base.clock import UTC, Clock, local_day
from bot.base.settings import ROOT, Settings
from bot.storage import migrate, shared
from bot.storage.database import Database

Options = argparse.Namespace


def run(settings: Settings, options: Options) -> None:
    """`puente run`: train if there is no model, migrate, load the demo shop, serve."""
    settings = _with_options(settings, options)
    from bot import serve
    from bot.training.models import Models

    serve.configure_logging(settings.log_level)
    if not Models(settings.models_path).names():
        print("No model yet: training one. This takes about two minutes, once.", flush=True)
        train(settings, argparse.Namespace(config="config.yml", data="data", domain="domain.yml", out=None))
    began = time.monotonic()
    print("Starting: database, Rasa, pages …", flush=True)
    serve.prepare_database(settings, Database(settings.database))
    house = serve.build_house(settings)
    app = serve.application(house)
    app.register_listener(serve.settle, "before_server_start")
    house.database.close()  # connections must not cross the fork into the workers
    app.register_listener(lambda *_: _banner(settings, began), "after_server_start")
    app.run(host=settings.host, port=settings.port, workers=settings.workers, access_log=False, motd=False)


def _with_options(settings: Settings, options: Options) -> Settings:
    changes: dict[str, Any] = {"demo": options.demo or settings.demo}
    changes |= {name: value for name in ("port", "workers") if (value := getattr(options, name)) is not None}
    return replace(settings, **changes)


def _banner(settings: Settings, began: float) -> None:
    lines = [f"\nPuente is ready after {time.monotonic() - began:.1f} s.", ""]
    if settings.demo:
        lines += [f"  Demo shop (customer)  {settings.address}/es/   {settings.address}/de/"]
    lines += [
        f"  Desk (agent)          {settings.address}/desk",
        f"  Case log (seller)     {settings.address}/seller",
        f"  Studio (trainer)      {settings.address}/studio",
        f"  API                   {settings.address}/docs",
    ]
    if settings.demo:
        from bot.demo import ACCOUNTS, PASSWORD

        lines += ["", f"  Demo accounts, all with the password {PASSWORD}:"]
        lines += [f"    {role:<11} {email:<24} {name}" for email, name, role, _locale, _seller in ACCOUNTS]
    print("\n".join([*lines, "", "  Stop with Ctrl+C.", ""]), flush=True)


def train(settings: Settings, options: Options) -> int:
    """`puente train`: train with progress, then seconds and scores per language."""
    from bot import serve
    from bot.training.models import Models
    from bot.training.train import train as train_model

    serve.configure_logging("WARNING")
    models = Models(settings.models_path)
    name = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    out = Path(options.out).resolve() if options.out else models.path(name)
    report = train_model(
        config=(ROOT / options.config).resolve(),
        data=(ROOT / options.data).resolve(),
        domain=(ROOT / options.domain).resolve(),
        out=out,
        by=os.environ.get("USER", "puente"),
        progress=_progress_bar(),
    )
    print(f"\r\033[KTrained {out.name} in {report['seconds']:.0f} s.")
    _print_scores(report["scores"])
    if out.parent == settings.models_path and models.in_use() is None:
        models.put_in_use(report["name"], by="puente train", now=Clock().now())
        print("It is in use now: there was none before.")
    return 0


def _progress_bar() -> Any:
    out = sys.stdout  # Rasa's own words are kept from it while it trains

    def show(stage: str, percent: int) -> None:
        bar = "█" * (percent // 4) + "·" * (25 - percent // 4)
        end = "" if out.isatty() else "\n"
        print(
            f"{chr(13) if end == '' else ''}{bar} {percent:3} %  {stage:<12}", end=end, flush=True, file=out
        )

    return show


def _print_scores(scores: dict[str, dict[str, Any]]) -> None:
    for language, score in scores.items():
        if score["accuracy"] is None:
            print(f"  {language}: no figures, the pipeline has no WishClassifier or there are no examples")
            continue
        print(
            f"  {language}: accuracy {score['accuracy']:.3f}, macro F1 {score['macro_f1']:.3f}, {score['examples']} examples"
        )


def parse(settings: Settings, options: Options) -> None:
    """`puente parse`: each line of standard input, understood."""
    from bot.base.lean_rasa import leave_out

    leave_out(ROOT / "config.yml")
    from rasa_sdk.executor import ActionExecutor

    from bot import serve
    from bot.rasa_host.processor import Processor
    from bot.rasa_host.responder import as_parsed
    from bot.training.models import Models

    serve.configure_logging("WARNING")
    path = Path(options.model) if options.model else Models(settings.models_path).path_in_use()
    processor = Processor(path, ActionExecutor())
    sys.stdin.reconfigure(errors="replace")  # type: ignore[union-attr]  # one bad byte is no reason to end
    today = local_day(Clock().now(), "es")
    for line in sys.stdin:
        print(json.dumps(as_parsed(processor, line.rstrip("\n"), today), ensure_ascii=False), flush=True)


def chat(settings: Settings, options: Options) -> None:
    """`puente chat`: the real turn, in the terminal."""
    from bot import serve
    from bot.chat_in_terminal import talk

    serve.configure_logging("WARNING")
    talk(serve.build_house(settings), locale=options.locale, customer_id=options.customer)


def evaluate(_settings: Settings, options: Options) -> None:
    """`puente evaluate`: cross-validation of the reading of reasons."""
    from bot.training import evaluate as figures
    from bot.training.examples import Examples

    settings = figures.settings_of(ROOT / "config.yml")
    examples = Examples(ROOT / "data" / "nlu").all()
    bar = _progress_bar()
    predictions = figures.cross_validate(
        examples, settings, folds=options.folds, progress=lambda share: bar("evaluating", int(share * 55))
    )
    with_typos = figures.accuracy_with_typos(
        examples,
        settings,
        folds=options.folds,
        progress=lambda share: bar("evaluating", 55 + int(share * 45)),
    )
    print("\r\033[K", end="")
    of = {language: [p for p in predictions if p.language == language] for language in ("es", "de")}
    report: dict[str, Any] = {
        "scores": figures.scores(predictions),
        "f1_by_intent": {language: figures.f1_by_intent(own) for language, own in of.items()},
        "by_length": {language: figures.by_length(own) for language, own in of.items()},
        "calibration_error": {language: figures.calibration_error(own) for language, own in of.items()},
        "second_wishes": {
            language: figures.second_wishes(own, not_wishes=settings.get("not_wishes", ()))
            for language, own in of.items()
        },
        "with_typos": with_typos,
        "confused": figures.confused(predictions),
    }
    _print_scores(report["scores"])
    for language in of:
        lengths = ", ".join(f"{kind} {f['accuracy']}" for kind, f in report["by_length"][language].items())
        second = report["second_wishes"][language]
        print(f"  {language}: {lengths}; calibration error {report['calibration_error'][language]}")
        print(
            f"  {language}: second wishes found {second['found']} of {second['messages']}, false {second['false']}"
        )
        f1 = report["f1_by_intent"][language]
        print(
            f"  {language}: with typing errors {with_typos[language]}; out of scope F1 {f1.get('out_of_scope', 0):.2f}"
        )
        worst = sorted(report["f1_by_intent"][language].items(), key=lambda item: item[1])[:8]
        print(f"  {language} lowest F1: " + ", ".join(f"{intent} {f1:.2f}" for intent, f1 in worst))
    if options.json:
        Path(options.json).write_text(json.dumps(report, ensure_ascii=False, indent=1), encoding="utf-8")


def bench(_settings: Settings, options: Options) -> int:
    """`puente bench NAME`."""
    print(
        f"puente: the benchmark {options.name!r} comes with the issue on speed; there is none yet.",
        file=sys.stderr,
    )
    return 3


def mail_receive(settings: Settings, options: Options) -> int:
    """`puente mail receive`: 0 when it is taken or kept for a person, 75 (EX_TEMPFAIL: try again) when it could not be."""
    from sqlalchemy.exc import OperationalError

    from bot import serve
    from bot.app import mail_room_of
    from bot.base.errors import Unavailable
    from bot.storage.bus import Bus

    serve.configure_logging(settings.log_level)
    clock = Clock()
    try:
        database = _migrated(settings)
        if settings.demo:
            shared.follow_clock(database, clock)
        room = mail_room_of(settings, database, clock, Bus(settings.redis_url))
        if options.maildir:
            print(f"{room.receive_all(Path(options.maildir))} messages taken.")
        else:
            room.receive(sys.stdin.buffer.read())
    except (OperationalError, OSError, Unavailable) as error:
        print(f"puente: the mail was not taken, try again: {type(error).__name__}", file=sys.stderr)
        return os.EX_TEMPFAIL
    return 0


def user_add(settings: Settings, options: Options) -> None:
    """`puente user add`."""
    database = _migrated(settings)
    with database.write() as tx:
        store.add_account(
            tx,
            email=options.email,
            name=options.name,
            role=options.role,
            password=_password(),
            now=Clock().now(),
            locale=options.locale,
            seller_id=options.seller_id,
        )
    print(f"{options.email} is now {options.role}.")


def user_passwd(settings: Settings, options: Options) -> int:
    """`puente user passwd`."""
    with _migrated(settings).write() as tx:
        known = store.set_password(tx, email=options.email, password=_password())
    print(
        f"{options.email}: password set, sessions ended."
        if known
        else f"There is no account {options.email}."
    )
    return 0 if known else 1


def user_list(settings: Settings, _options: Options) -> None:
    """`puente user list`."""
    with _migrated(settings).read() as tx:
        for account in store.list_accounts(tx):
            print(
                f"{account.role:<11} {account.email:<32} {account.name}  {account.seller_id or ''}".rstrip()
            )


def policy_approve(settings: Settings, options: Options) -> int:
    """`puente policy approve`: R13, refused with the respects named."""
    import yaml

    from bot.returns.approval import approve_policy

    now = Clock().now()
    try:
        valid_from = datetime.fromisoformat(options.valid_from) if options.valid_from else now
        terms = yaml.safe_load(Path(options.file).read_text(encoding="utf-8")) if options.file else None
    except (OSError, ValueError, yaml.YAMLError) as error:
        print(f"puente: {error}", file=sys.stderr)
        return 2
    if valid_from.tzinfo is None or not (terms is None or isinstance(terms, dict)):
        print("puente: --from needs a time zone, and the file one term a line.", file=sys.stderr)
        return 2
    with _migrated(settings).write() as tx:
        approve_policy(tx, options.seller_id, terms, approved_by=options.by, valid_from=valid_from, now=now)
    print(f"Approved for orders of {options.seller_id} placed since {valid_from.isoformat()}.")
    return 0


def policy_list(settings: Settings, options: Options) -> None:
    """`puente policy list`."""
    from bot.shop.sql import policies_of

    with _migrated(settings).read() as tx:
        for policy in policies_of(tx, [options.seller_id]):
            terms = json.dumps(policy.terms) if policy.terms else "standard"
            print(f"{policy.valid_from.isoformat()}  {policy.approved_by}  {terms}")


def db_upgrade(settings: Settings, _options: Options) -> None:
    """`puente db upgrade`."""
    _migrated(settings)
    print("The database has the schema of this version.")


def db_backup(settings: Settings, options: Options) -> int:
    """`puente db backup`: SQLite's online backup; PostgreSQL has its own tools."""
    if not settings.database.startswith("sqlite:///"):
        print("puente: this is PostgreSQL, back it up with pg_dump.", file=sys.stderr)
        return 2
    with (
        sqlite3.connect(settings.database.removeprefix("sqlite:///")) as source,
        sqlite3.connect(options.file) as target,
    ):
        source.backup(target)
    print(f"Written to {options.file}.")
    return 0


def db_export(settings: Settings, options: Options) -> None:
    """`puente db export`: one conversation a line, with all its entries."""
    from bot.conversations.export import conversations_with_entries

    written = 0
    with Path(options.file).open("w", encoding="utf-8") as file, _migrated(settings).read() as tx:
        for conversation in conversations_with_entries(tx):
            file.write(json.dumps(conversation, ensure_ascii=False) + "\n")
            written += 1
    print(f"{written} conversations written to {options.file}.")


def db_erase_customer(settings: Settings, options: Options) -> int:
    """`puente db erase-customer`: 1 when nothing is kept of them."""
    from bot.attachments import Vault
    from bot.privacy import conversations_of_customer, erase_conversations

    customer_id = options.customer_id
    with _migrated(settings).write() as tx:
        ids = conversations_of_customer(tx, customer_id)
        if not ids:
            print(f"Nothing is kept of {customer_id}.")
            return 1
        erased = erase_conversations(tx, ids, subject=customer_id, by="operator", now=Clock().now())
    Vault(settings.data_path / "attachments").remove(erased.files)
    print("Erased: " + ", ".join(f"{count} {name}" for name, count in erased.counts.items() if count) + ".")
    return 0


def _migrated(settings: Settings) -> Database:
    database = Database(settings.database)
    migrate.upgrade(database)
    return database


def _password() -> str:
    if sys.stdin.isatty():
        return getpass.getpass("Password: ")
    return sys.stdin.readline().rstrip("\n")

"""The command line `puente`: `python -m bot.cli`, or the script `./puente`."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence

os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
logging.captureWarnings(True)  # of the libraries, for their authors; ours are errors
logging.getLogger("py.warnings").setLevel(logging.ERROR)
os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")

from bot import commands, shop_commands
from bot.base.errors import PuenteError
from bot.base.settings import Settings, SettingsError
from bot.base.texts import locale_of


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code. Errors are one sentence on standard error."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(Settings.from_environment(), options) or 0)
    except SettingsError as error:
        print(f"puente: {error}", file=sys.stderr)
    except PuenteError as error:
        said = error.as_body(locale_of(os.environ.get("LANG")))["error"]
        print(f"puente: {said['message']}", file=sys.stderr)
        for field, reason in said.get("fields", {}).items():
            print(f"  {field}: {reason}", file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="puente", description="Customer service for a marketplace, in chat."
    )
    sub = parser.add_subparsers(required=True, metavar="command")

    run = sub.add_parser("run", help="serve everything; trains first if there is no model")
    run.add_argument(
        "--demo", action="store_true", help="with the demo shop, its accounts and its movable clock"
    )
    run.add_argument("--port", type=int)
    run.add_argument("--workers", type=int)
    run.set_defaults(run=commands.run)

    train = sub.add_parser("train", help="train with progress; prints seconds and per-language scores")
    train.add_argument("--config", default="config.yml")
    train.add_argument("--data", default="data")
    train.add_argument("--domain", default="domain.yml")
    train.add_argument(
        "--out", help="model file; default: a new one in the models folder, put in use if it is the first"
    )
    train.set_defaults(run=commands.train)

    parse = sub.add_parser("parse", help="lines on stdin → one JSON object per line on stdout")
    parse.add_argument("--model", help="model file; default: the one in use")
    parse.set_defaults(run=commands.parse)

    chat = sub.add_parser("chat", help="talk to the bot in the terminal")
    chat.add_argument("--locale", choices=("es", "de"), default="es")
    chat.add_argument("--customer", help="signed in as this customer of the shop")
    chat.set_defaults(run=commands.chat)

    evaluate = sub.add_parser("evaluate", help="cross-validated report per language and intent")
    evaluate.add_argument("--folds", type=int, default=5)
    evaluate.add_argument("--json", help="write the report to this file")
    evaluate.set_defaults(run=commands.evaluate)

    bench = sub.add_parser("bench", help="the benchmarks: turn, growth, sockets, startup, train, memory")
    bench.add_argument("name", choices=("turn", "growth", "sockets", "startup", "train", "memory"))
    bench.add_argument("--json", help="write the figures to this file")
    bench.set_defaults(run=commands.bench)

    mail = sub.add_parser("mail", help="mail that comes in").add_subparsers(required=True, metavar="what")
    receive = mail.add_parser(
        "receive", help="take in one message from stdin (as a mail server's pipe gives it), or a Maildir's"
    )
    receive.add_argument("--maildir", help="take in what is new in this Maildir, then end")
    receive.set_defaults(run=commands.mail_receive)

    _add_user(sub)
    _add_policy(sub)
    _add_db(sub)
    _add_shop(sub)
    return parser


def _add_user(sub: argparse._SubParsersAction) -> None:
    user = sub.add_parser("user", help="accounts of staff and sellers").add_subparsers(
        required=True, metavar="what"
    )
    add = user.add_parser("add", help="add an account; the password is asked for or read from stdin")
    add.add_argument("email")
    add.add_argument("--name", required=True)
    add.add_argument("--role", required=True)
    add.add_argument("--seller-id")
    add.add_argument("--locale", default="es")
    add.set_defaults(run=commands.user_add)
    passwd = user.add_parser("passwd", help="set a password and end the account's sessions")
    passwd.add_argument("email")
    passwd.set_defaults(run=commands.user_passwd)
    user.add_parser("list", help="all accounts").set_defaults(run=commands.user_list)


def _add_policy(sub: argparse._SubParsersAction) -> None:
    policy = sub.add_parser("policy", help="return policies of sellers").add_subparsers(
        required=True, metavar="what"
    )
    approve = policy.add_parser("approve", help="let a seller's better terms count for new orders")
    approve.add_argument("seller_id")
    approve.add_argument(
        "file", nargs="?", help="terms as in data/decisions/returns.yml; none: the standard again"
    )
    approve.add_argument("--by", required=True, help="who approves")
    approve.add_argument("--from", dest="valid_from", help="2026-05-01T00:00:00+02:00; default: now")
    approve.set_defaults(run=commands.policy_approve)
    listed = policy.add_parser("list", help="the approved policies of a seller, oldest first")
    listed.add_argument("seller_id")
    listed.set_defaults(run=commands.policy_list)


def _add_db(sub: argparse._SubParsersAction) -> None:
    db = sub.add_parser("db", help="the database").add_subparsers(required=True, metavar="what")
    db.add_parser("upgrade", help="migrate to the schema of this version").set_defaults(
        run=commands.db_upgrade
    )
    backup = db.add_parser("backup", help="copy the SQLite database while it is in use")
    backup.add_argument("file")
    backup.set_defaults(run=commands.db_backup)
    export = db.add_parser("export", help="write conversations as JSON Lines")
    export.add_argument("file")
    export.set_defaults(run=commands.db_export)
    erase = db.add_parser("erase-customer", help="erase what is kept of a customer")
    erase.add_argument("customer_id")
    erase.set_defaults(run=commands.db_erase_customer)


def _add_shop(sub: argparse._SubParsersAction) -> None:
    shop = sub.add_parser("shop", help="orders, products and sellers in files").add_subparsers(
        required=True, metavar="what"
    )
    load = shop.add_parser("load", help="check CSV and JSON Lines files, then write them in one transaction")
    load.add_argument("paths", nargs="+", metavar="FOLDER|FILE")
    load.add_argument("--dry-run", action="store_true", help="check only, write nothing")
    load.set_defaults(run=shop_commands.load)
    export = shop.add_parser("export", help="write the shop's data as such files")
    export.add_argument("folder")
    export.add_argument("--format", choices=("csv", "jsonl"), default="csv")
    export.set_defaults(run=shop_commands.export)


if __name__ == "__main__":
    sys.exit(main())

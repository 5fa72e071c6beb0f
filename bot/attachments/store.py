"""The named queries of the room. A file belongs to one conversation; whoever asks has shown its token or a role."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, insert, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.sql import ColumnElement

from bot.attachments.kinds import Checked
from bot.attachments.model import Attachment
from bot.attachments.tables import attachments
from bot.base.errors import BadInput, Conflict, Unknown

MOST_IN_A_MESSAGE = 5
KEPT_UNSENT = timedelta(hours=24)

_COLUMNS = [attachments.c[field.name] for field in fields(Attachment)]


def digest_of(content: bytes) -> str:
    """What tells one upload from another."""
    return hashlib.sha256(content).hexdigest()


def new_id() -> str:
    """A name nobody can guess."""
    return uuid.uuid4().hex


def add(
    tx: Connection,
    conversation_id: str,
    file: Checked,
    *,
    identity: str,
    client_id: str,
    digest: str,
    now: datetime,
) -> Attachment:
    """Note a file that lies in the vault under `identity`."""
    values = {
        "id": identity,
        "conversation_id": conversation_id,
        "client_id": client_id,
        "name": file.name,
        "kind": file.kind,
        "size": len(file.content),
        "width": file.width,
        "height": file.height,
        "has_preview": file.preview is not None,
        "digest": digest,
        "uploaded_at": now,
    }
    tx.execute(insert(attachments).values(**values))
    return find(tx, conversation_id, identity)


def uploaded_before(tx: Connection, conversation_id: str, client_id: str, digest: str) -> Attachment | None:
    """The same upload, if its answer was lost; raises `Conflict` for another file under the same id."""
    same = and_(attachments.c.conversation_id == conversation_id, attachments.c.client_id == client_id)
    found = _first(tx, same)
    if found is not None and found.digest != digest:
        raise Conflict("client_id_reused")
    return found


def find(tx: Connection, conversation_id: str, identity: str) -> Attachment:
    """A file of this conversation; raises `Unknown` for another one's."""
    at = attachments.c
    found = _first(tx, and_(at.id == identity, at.conversation_id == conversation_id))
    if found is None:
        raise Unknown("unknown_attachment")
    return found


def attach(tx: Connection, conversation_id: str, identities: Sequence[str], *, seq: int) -> None:
    """These files came with message `seq`."""
    at = attachments.c
    these = and_(at.conversation_id == conversation_id, at.id.in_(list(identities)), at.seq.is_(None))
    tx.execute(update(attachments).where(these).values(seq=seq))


def described(tx: Connection, conversation_id: str, identities: Sequence[str]) -> list[dict[str, Any]]:
    """Files as they stand in a message; raises `BadInput` for too many, one twice, or one not of this conversation."""
    if len(identities) > MOST_IN_A_MESSAGE:
        raise BadInput("bad_fields", fields={"attachments": "too_many_files"}, most=MOST_IN_A_MESSAGE)
    if len(set(identities)) != len(identities):
        raise BadInput("bad_fields", fields={"attachments": "unknown_files"})
    try:
        return [find(tx, conversation_id, identity).as_json() for identity in identities]
    except Unknown as error:
        raise BadInput("bad_fields", fields={"attachments": "unknown_files"}) from error


def of_conversation(tx: Connection, conversation_id: str) -> list[Attachment]:
    """All files of a conversation, oldest first."""
    return _all(tx, attachments.c.conversation_id == conversation_id)


def add_to_case(
    tx: Connection, conversation_id: str, reference: str, *, identities: Sequence[str] = ()
) -> int:
    """Files that were sent become evidence of a case: these, or all that are none yet. Returns how many."""
    at = attachments.c
    sent = and_(at.conversation_id == conversation_id, at.seq.isnot(None), at.case_reference.is_(None))
    if identities:
        sent = and_(sent, at.id.in_(list(identities)))
    return int(tx.execute(update(attachments).where(sent).values(case_reference=reference)).rowcount)


def evidence_of(tx: Connection, reference: str) -> list[Attachment]:
    """The files that belong to a case, oldest first. Whoever asks has accessed the case before."""
    return _all(tx, attachments.c.case_reference == reference)


def forget_unsent(tx: Connection, now: datetime) -> list[str]:
    """Drop files nobody sent within a day; returns their ids, for the vault."""
    at = attachments.c
    old = and_(at.seq.is_(None), at.uploaded_at < now - KEPT_UNSENT)
    ids = list(tx.execute(select(at.id).where(old).limit(200)).scalars())
    if ids:
        tx.execute(delete(attachments).where(at.id.in_(ids)))
    return ids


def remove_of(tx: Connection, conversation_ids: Sequence[str]) -> list[str]:
    """Forget all files of these conversations; returns their ids, for the vault."""
    these = attachments.c.conversation_id.in_(list(conversation_ids))
    ids = list(tx.execute(select(attachments.c.id).where(these)).scalars())
    tx.execute(delete(attachments).where(these))
    return ids


def _first(tx: Connection, condition: ColumnElement[bool]) -> Attachment | None:
    row = tx.execute(select(*_COLUMNS).where(condition)).first()
    return Attachment(**row._mapping) if row else None


def _all(tx: Connection, condition: ColumnElement[bool]) -> list[Attachment]:
    query = select(*_COLUMNS).where(condition).order_by(attachments.c.uploaded_at, attachments.c.id)
    return [Attachment(**row._mapping) for row in tx.execute(query)]

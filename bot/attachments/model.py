"""What a file is, once it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Attachment:
    """A file of a conversation. `seq` is the message it came with, None while it was not sent yet.

    `case_reference` names the case it is evidence of. `has_preview`: there is a small picture of it.
    """

    id: str
    conversation_id: str
    client_id: str
    name: str
    kind: str
    size: int
    width: int | None
    height: int | None
    has_preview: bool
    digest: str
    seq: int | None
    case_reference: str | None
    uploaded_at: datetime

    def as_json(self) -> dict[str, Any]:
        """The wire form of contract.md, as it stands in a message."""
        measures = {"width": self.width, "height": self.height} if self.width else {}
        return {
            "id": self.id,
            "name": self.name,
            "kind": self.kind,
            "size": self.size,
            "preview": self.has_preview,
            **measures,
        }

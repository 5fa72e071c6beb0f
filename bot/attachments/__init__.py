"""Files customers send: what may come in, what is kept of it, where it lies, and who may have it."""

from bot.attachments.kinds import LARGEST_BYTES, Checked, checked
from bot.attachments.model import Attachment
from bot.attachments.store import (
    add,
    add_to_case,
    attach,
    described,
    digest_of,
    evidence_of,
    find,
    forget_unsent,
    new_id,
    of_conversation,
    remove_of,
    uploaded_before,
)
from bot.attachments.vault import Vault

__all__ = [
    "LARGEST_BYTES",
    "Attachment",
    "Checked",
    "Vault",
    "add",
    "add_to_case",
    "attach",
    "checked",
    "described",
    "digest_of",
    "evidence_of",
    "find",
    "forget_unsent",
    "new_id",
    "of_conversation",
    "remove_of",
    "uploaded_before",
]

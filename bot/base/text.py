"""Plain-text tools: what may be stored of what a person typed, and what may be shown of it to others."""

from __future__ import annotations

import re
import unicodedata

MAX_MESSAGE_CHARACTERS = 4000

_KEPT_CONTROLS = {"\n", "\t"}
_INVISIBLE = {"Cc", "Cs"}
_BIDI = dict.fromkeys([0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2066, 0x2067, 0x2068, 0x2069])
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\w-])(?:\+|00)?\d(?:[ /().-]?\d){7,14}(?![\d-])")
_ORDER_ID = re.compile(r"\b\d{3}[- ]?\d{7}[- ]?\d{7}\b")


def has_control_characters(text: str) -> bool:
    """Whether `text` holds characters no person types (controls, lone surrogates)."""
    return any(unicodedata.category(c) in _INVISIBLE and c not in _KEPT_CONTROLS for c in text)


def cleaned(text: str) -> str:
    """`text` in NFC with Unix line ends, without direction overrides and outer white space."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_BIDI)
    return unicodedata.normalize("NFC", text).strip()


def is_mail_address(text: str) -> bool:
    """Whether `text` looks like one mail address and nothing else."""
    return _EMAIL.fullmatch(text) is not None


def without_contact_data(text: str) -> str:
    """R9: a customer's words as a seller may see them: e-mail addresses and phone numbers masked."""
    orders: list[str] = []

    def keep(match: re.Match[str]) -> str:
        orders.append(match.group())
        return f"\x00{len(orders) - 1}\x00"

    text = _ORDER_ID.sub(keep, text)
    text = _PHONE.sub("•••", _EMAIL.sub("•••", text))
    return re.sub("\x00(\\d+)\x00", lambda m: orders[int(m.group(1))], text)


def folded(text: str) -> str:
    """`text` for comparing: lower case, accents folded, ß → ss, white space single."""
    text = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in text if not unicodedata.combining(c)).split())

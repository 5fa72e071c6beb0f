"""Taking a case back is heard when the case is named, and right after it was opened as a change of mind."""

from __future__ import annotations

import pytest

from actions.withdrawal import wants_withdrawal


@pytest.mark.parametrize(("text", "locale", "just_opened", "expected"), [
    ("Bitte den Fall zurückziehen", "de", False, True),
    ("Ich ziehe meine Beschwerde zurück", "de", False, True),
    ("quiero retirar la reclamación", "es", False, True),
    ("anula mi caso por favor", "es", False, True),
    ("Doch nicht stornieren", "de", True, True),
    ("Doch nicht stornieren", "de", False, False),
    ("mejor no lo canceles", "es", True, True),
    ("olvídalo, ya está resuelto", "es", True, True),
    ("Im Fall eines Sturzes, geht die Lampe kaputt?", "de", True, False),
    ("¿puedo retirar el pedido en una tienda?", "es", True, False),
    ("es que ya no lo quiero", "es", True, False),
    ("¿en qué caso puedo devolver la lámpara?", "es", True, False),
    ("ach und die andere Lampe kam auch nicht an, warum denn das, doch nicht schon wieder", "de", True, False),
])  # fmt: skip
def test_withdrawal(text: str, locale: str, just_opened: bool, expected: bool) -> None:
    assert wants_withdrawal(text, locale, just_opened=just_opened) is expected

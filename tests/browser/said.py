"""What people write in these tests, in both languages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Said:
    """A customer's words, and what the agent answers them."""

    broken: str
    send_another: str
    where_is_it: str
    material: str
    not_on_the_page: str
    question_again: str
    agent_greets: str
    agent_ends: str
    thanks: str
    unsure: tuple[str, ...]


SAID = {
    "es": Said(
        broken="Me acaba de llegar el pedido {order_id} y viene con una grieta enorme y un lado abollado, "
        "así no lo puedo usar.",
        send_another="Que me envíen otro",
        where_is_it="¿Dónde está mi pedido {order_id}?",
        material="¿De qué material está hecha la lámpara?",
        not_on_the_page="¿Cuántos lúmenes tiene la lámpara?",
        question_again="¿Cuántos días tengo para devolver un producto?",
        agent_greets="Hola, ya tengo tu pedido delante.",
        agent_ends="Listo, ya está arreglado.",
        thanks="¡Qué bien! ¿Puede llegar antes del viernes?",
        unsure=("El timbre no suena", "me gustaría comentar lo del asunto", "lo del otro día sigue igual"),
    ),
    "de": Said(
        broken="Gerade kam meine Bestellung {order_id} an, sie hat einen riesigen Riss und eine verbeulte Ecke, "
        "so kann ich nichts damit anfangen.",
        send_another="Ersatz schicken",
        where_is_it="Wo bleibt meine Bestellung {order_id}?",
        material="Aus welchem Material ist die Lampe?",
        not_on_the_page="Welche IP-Schutzart hat die Lampe?",
        question_again="Wie viele Tage habe ich für die Rückgabe eines Artikels?",
        agent_greets="Guten Tag, ich habe Ihre Bestellung vor mir.",
        agent_ends="So, das ist erledigt.",
        thanks="Sehr gut! Kann sie noch vor Freitag kommen?",
        unsure=(
            "Es riecht komisch",
            "Der Apparat tut es halt einfach nicht so",
            "Und das andere auch, irgendwie",
        ),
    ),
}

COMPLAINTS = {
    "es": (
        SAID["es"].broken,
        "Me habéis mandado otro color distinto del que elegí en el pedido {order_id}: lo pedí gris y ha venido rojo.",
        "Hola, al montar el artículo del pedido {order_id} he visto que le faltan los tornillos y una pieza de sujeción.",
    ),
    "de": (
        SAID["de"].broken,
        "Sie haben mir bei Bestellung {order_id} die falsche Farbe geschickt: Bestellt war Grau, gekommen ist Rot.",
        "Hallo, beim Aufbauen des Artikels aus Bestellung {order_id} habe ich gemerkt, dass die Schrauben und ein "
        "Befestigungsteil fehlen.",
    ),
}
"""What else can be wrong with an item; each becomes a case."""

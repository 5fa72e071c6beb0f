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
    unsure: tuple[str, ...]


SAID = {
    "es": Said(
        broken="Me acaba de llegar el pedido {order_id} y viene con una grieta enorme y un lado abollado, así no lo puedo usar.",
        send_another="Que me envíen otro",
        where_is_it="¿Dónde está mi pedido {order_id}?",
        material="¿De qué material está hecha la lámpara?",
        not_on_the_page="¿Cuántos lúmenes tiene la lámpara?",
        question_again="¿Cuántos días tengo para devolver un producto?",
        agent_greets="Hola, ya tengo tu pedido delante.",
        agent_ends="Listo, ya está arreglado.",
        unsure=("lo del otro día sigue igual", "el chisme no tira", "El timbre no suena"),
    ),
    "de": Said(
        broken="Gerade kam meine Bestellung {order_id} an, sie hat einen riesigen Riss und eine verbeulte Ecke, so kann ich nichts damit anfangen.",
        send_another="Ersatz schicken",
        where_is_it="Wo bleibt meine Bestellung {order_id}?",
        material="Aus welchem Material ist die Lampe?",
        not_on_the_page="Welche IP-Schutzart hat die Lampe?",
        question_again="Wie viele Tage habe ich für die Rückgabe eines Artikels?",
        agent_greets="Guten Tag, ich habe Ihre Bestellung vor mir.",
        agent_ends="So, das ist erledigt.",
        unsure=("Das Ding macht keinen Mucks", "Der Kasten spinnt", "Da tropft was raus"),
    ),
}

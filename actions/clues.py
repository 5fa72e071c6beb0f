"""What a text says where it stands, beyond its reading: a yes, a name, a choice, a "please do not call"."""

from __future__ import annotations

import re
from typing import Any

from actions.mentions import mentioned, pieces_in, place_in
from actions.shop_down import in_passing
from actions.speech import begins_with, begins_with_no, begins_with_yes, is_bare, label, says, takes_yes_back
from actions.turn import TurnAnswer
from actions.withdrawal import wants_withdrawal
from bot.base.text import folded
from bot.nlu.call_times import call_time_in
from bot.nlu.phones import country_named
from bot.shop.words import telling_words

SHORT_ANSWER = 8
"""A choice is named in at most this many words; more are a topic of their own."""

CAN_BE_DECLINED = ("talk_to_human", "request_callback", "request_email")
"""Ways to go on that people mention to say that they do not want them."""


class Clues:
    """The clues of one message, read by `reason`; what is bought and sold is looked up in passing."""

    def __init__(self, answer: TurnAnswer, reason: str) -> None:
        self._answer = answer
        self._reason = reason

    def picks(self, pending: dict[str, Any], text: str) -> bool:
        """Whether a short text names one of what we offered to choose from."""
        locale = self._answer.locale
        if pending["detail"] == "window":
            return call_time_in(text, locale, today=self._answer.now.date()) is not None
        if len(text.split()) > SHORT_ANSWER:
            return False
        if pending["detail"] == "quantity":
            return pieces_in(text, locale, ordered=int(pending["ordered"]), asked=True) is not None
        if pending["detail"] == "country":
            return country_named(text, locale) is not None
        titles = pending.get("choices")
        if not titles:
            unseen = self._reason == "deny"  # a no may name one; anything else is what it was read as
            return in_passing(lambda: bool(mentioned(text, self._answer.titles(text))), otherwise=unseen)
        if pending["detail"] == "line" and place_in(text, locale, count=len(titles)) is not None:
            return True
        return bool(mentioned(text, titles))

    def points(self, text: str) -> bool:
        """Whether a text names something the customer bought."""
        no = rf"\b(?:{label(self._answer.locale, 'words for no')})\b"
        more = telling_words(re.sub(no, " ", folded(text)), self._answer.locale)
        return in_passing(lambda: bool(mentioned(text, self._bought())), otherwise=bool(more))

    def names(self, text: str) -> bool:
        """Whether a text names a product of the shop."""
        return in_passing(lambda: bool(mentioned(text, self._answer.titles(text), firm=True)), otherwise=True)

    def agrees(self, text: str) -> bool:
        """Whether a text begins with a yes."""
        return begins_with_yes(self._answer.locale, text)

    def denies(self, text: str) -> bool:
        """Whether a text begins with a no that stands for itself."""
        return begins_with_no(self._answer.locale, text)

    def takes_yes_back(self, text: str) -> bool:
        """Whether a text begins with a yes and goes on to take it back."""
        return takes_yes_back(self._answer.locale, text)

    def corrects(self, text: str) -> bool:
        """Whether a text says that something before it was a slip."""
        return says(self._answer.locale, "a slip", text)

    def says(self, what: str, text: str) -> bool:
        """Whether one of the "words for `what`" stands in a text."""
        return says(self._answer.locale, what, text)

    def begins(self, what: str, text: str) -> bool:
        """Whether a text begins with one of the "words for `what`"."""
        return begins_with(self._answer.locale, what, text)

    def refuses(self, text: str) -> bool:
        """Whether a no is more than "I do not know"."""
        return not says(self._answer.locale, "not knowing", text)

    def declined(self, text: str) -> frozenset[str]:
        """The ways to go on that a text says no to: "no need to call me", "I don't want a person"."""
        locale = self._answer.locale
        return frozenset(way for way in CAN_BE_DECLINED if says(locale, f"declining {way}", text))

    def withdraws(self, text: str, *, just_opened: bool) -> bool:
        """Whether a text takes a case back; `just_opened`: the message before has opened one."""
        return wants_withdrawal(text, self._answer.locale, just_opened=just_opened)

    def means_other(self, text: str) -> bool:
        """Whether a short text says that another item was meant, without saying which."""
        short = len(text.split()) <= SHORT_ANSWER
        return short and says(self._answer.locale, "the other one", text) and not self.points(text)

    def names_nothing(self, text: str) -> bool:
        """Whether a text has no word that tells what it is about: "and how much was it?"."""
        return not telling_words(text, self._answer.locale)

    def is_bare(self, text: str) -> bool:
        """Whether a text is a yes or a no and nothing else."""
        return is_bare(self._answer.locale, text)

    def wants_version(self, text: str) -> bool:
        """Whether a text asks for a certain product in another colour, size or make; not for a kind of product."""
        answer = self._answer
        if not says(answer.locale, "another version", text):
            return False

        def is_certain() -> bool:
            catalogue = answer.services.shop.catalogue()
            named = bool(catalogue.named(text, answer.locale))
            return named or not catalogue.names_kind(text, answer.locale)

        return in_passing(is_certain, otherwise=False)

    def _bought(self) -> dict[str, str]:
        """The titles of what the customer bought, by product id."""
        customer_id = self._answer.conversation.customer_id
        shop = self._answer.services.shop
        orders = list(shop.orders_of(customer_id)) if customer_id else []
        orders += [
            order for number in sorted(self._answer.turn.proven_orders) if (order := shop.order(number))
        ]
        bought = {line.product_id for order in orders for line in order.lines}
        pages = shop.pages(sorted(bought), self._answer.locale)
        return {product_id: page.title for product_id, page in pages.items()}

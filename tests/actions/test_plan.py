"""What a message means where it stands."""

from __future__ import annotations

from typing import Any

import pytest

from actions.heard import Message
from actions.plan import Step, plan, wishes_of

ORDER = {"entity": "order_id", "value": "302-1234567-1234567"}


def message(
    intent: str,
    text: str = "…",
    *,
    confidence: float = 0.9,
    wishes: tuple[str, ...] = (),
    entities: tuple[dict[str, Any], ...] = (),
    pressed: bool = False,
    ranking: tuple[tuple[str, float], ...] = (),
    doubtful: tuple[str, ...] = (),
) -> Message:
    """A message as the model would have read it."""
    ranked = [{"name": name, "confidence": value} for name, value in ranking] or [
        {"name": intent, "confidence": confidence}
    ]
    return Message(
        {
            "text": text,
            "intent": {"name": intent, "confidence": confidence},
            "intent_ranking": ranked,
            "wishes": [{"name": name, "doubtful": name in doubtful} for name in (intent, *wishes)],
            "entities": list(entities),
            "metadata": {"pressed": pressed},
        }
    )


SAID = {
    "leaving it": "vergessen Sie das",
    "another matter first": "Moment",
    "news": "geantwortet",
    "a reference": "Aktenzeichen",
    "thanks": "danke",
    "none of them": "keins davon",
}


class Told:
    """Clues as a test tells them."""

    def __init__(self, picks: bool = False, *, agrees: bool = False, declined: tuple[str, ...] = ()) -> None:
        self._picks, self._agrees, self._declined = picks, agrees, frozenset(declined)

    def picks(self, pending: dict[str, Any], text: str) -> bool:
        return self._picks

    def points(self, text: str) -> bool:
        return False

    def names(self, text: str) -> bool:
        return False

    def agrees(self, text: str) -> bool:
        return self._agrees

    def names_nothing(self, text: str) -> bool:
        return text == "und wieso das?"

    def takes_yes_back(self, text: str) -> bool:
        return "doch nicht" in text

    def denies(self, text: str) -> bool:
        return text.startswith("nein,")

    def corrects(self, text: str) -> bool:
        return "falsch" in text

    def says(self, what: str, text: str) -> bool:
        return SAID[what] in text

    def begins(self, what: str, text: str) -> bool:
        return text.startswith("und")

    def refuses(self, text: str) -> bool:
        return True

    def withdraws(self, text: str, *, just_opened: bool) -> bool:
        return "zurückziehen" in text

    def means_other(self, text: str) -> bool:
        return "die andere" in text

    def declined(self, text: str) -> frozenset[str]:
        return self._declined

    def is_bare(self, text: str) -> bool:
        return text == "ja"

    def wants_version(self, text: str) -> bool:
        return "andere Farbe" in text


def planned(
    reason: str, heard: Message, memory: dict[str, Any] | None = None, *, picks: bool = False
) -> list[str]:
    """The reasons planned for a message."""
    return [step.reason for step in plan(reason, heard, memory or {}, Told(picks))]


def waiting(reason: str, detail: str, **more: Any) -> dict[str, Any]:
    """A memory in which `detail` of `reason` has been asked for."""
    return {"pending": {"reason": reason, "detail": detail, **more}}


@pytest.mark.parametrize(
    ("reason", "read", "expected"),
    [
        ("order_status", ["order_status", "return_policy"], ["order_status", "return_policy"]),
        ("item_damaged", ["item_damaged", "replacement_request"], ["item_damaged"]),
        ("refund_status", ["refund_status", "item_defective"], ["item_defective"]),
        ("order_status", ["order_status", "order_late"], ["order_late"]),
        ("payment_problem", ["payment_problem", "return_policy"], ["return_policy", "payment_problem"]),
        ("talk_to_human", ["talk_to_human", "order_status"], ["talk_to_human", "order_status"]),
        ("feedback_negative", ["feedback_negative", "order_late"], ["order_late"]),
        ("order_status", ["order_status", "feedback_negative"], ["order_status"]),
        ("greet", ["greet", "thank"], ["greet"]),
    ],
)
def test_wishes_that_belong_together_are_one(reason: str, read: list[str], expected: list[str]) -> None:
    assert [name for name, _ in wishes_of(reason, read)] == expected


def test_what_is_wanted_for_a_fault_is_kept_as_part_of_it() -> None:
    assert wishes_of("refund_status", ["refund_status", "item_wrong"]) == [("item_wrong", ("refund_status",))]


@pytest.mark.parametrize(
    ("detail", "reason", "heard", "expected"),
    [
        ("wish", "refund_status", message("refund_status"), ["item_damaged"]),
        ("wish", "delivery_options", message("delivery_options"), ["delivery_options"]),
        ("description", "item_defective", message("item_defective"), ["item_damaged"]),
        ("description", "order_status", message("order_status"), ["order_status"]),
        ("description", "talk_to_human", message("talk_to_human", confidence=0.41), ["talk_to_human"]),
        ("description", "stop", message("stop"), ["stop"]),
        ("description", "thank", message("thank"), ["thank"]),
        (
            "description",
            "clarify",
            message("nlu_fallback", "hat so Flecken", confidence=0.3),
            ["item_damaged"],
        ),
        ("description", "clarify", message("nlu_fallback", "Was kostet das?", confidence=0.3), ["clarify"]),
        ("order", "inform", message("inform", entities=(ORDER,)), ["item_damaged"]),
        ("proof", "repeat", message("repeat", "Entschuldigung, 20259"), ["item_damaged"]),
    ],
)
def test_an_answer_to_our_question_is_told_from_a_new_topic(
    detail: str, reason: str, heard: Message, expected: list[str]
) -> None:
    assert planned(reason, heard, waiting("item_damaged", detail)) == expected


@pytest.mark.parametrize(("picks", "expected"), [(True, ["order_status"]), (False, ["product_question"])])
def test_naming_one_of_the_offered_lines_is_the_answer(picks: bool, expected: list[str]) -> None:
    heard = message("product_question", "die Lampe")

    assert planned("product_question", heard, waiting("order_status", "line"), picks=picks) == expected


def test_wishes_that_wait_are_served_after_the_answer() -> None:
    rest = [{**vars(Step("return_policy", "…")), "entities": [], "part": []}]
    memory = waiting("order_status", "line", rest=rest)

    assert planned("order_status", message("order_status", pressed=True), memory) == [
        "order_status",
        "return_policy",
    ]


def test_a_yes_to_an_offer_is_what_was_offered() -> None:
    memory = {"offered": {"intent": "order_late", "entities": {"line_id": "302/1"}}}

    steps = plan("affirm", message("affirm", "sí"), memory, Told())

    assert [(step.reason, step.pressed, step.entities[0]["value"]) for step in steps] == [
        ("order_late", True, "302/1")
    ]


def test_a_no_to_an_offer_is_no_answer_to_the_question() -> None:
    memory = {"offered": {"intent": "order_cancel"}, **waiting("order_cancel", "confirm")}

    assert planned("deny", message("deny", "no"), memory) == ["deny"]


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ("refund_status", "refund_status"),
        ("item_damaged", "item_damaged"),
        ("thank", "order_status"),
        (None, "order_status"),
    ],
)
def test_an_order_number_alone_goes_on_with_the_last_wish(last: str | None, expected: str) -> None:
    assert planned("inform", message("inform", entities=(ORDER,)), {"last_reason": last}) == [expected]


def test_two_weak_readings_of_one_matter_count_together() -> None:
    weak = (("replacement_request", 0.35), ("item_damaged", 0.3))

    assert planned("clarify", message("nlu_fallback", confidence=0.3, ranking=weak)) == ["item_damaged"]


def test_two_weak_readings_of_different_matters_do_not() -> None:
    weak = (("delivery_options", 0.35), ("item_damaged", 0.3))

    assert planned("clarify", message("nlu_fallback", confidence=0.3, ranking=weak)) == ["clarify"]


def test_an_unsure_message_with_an_order_number_may_ask_for_its_status() -> None:
    weak = (("case_status", 0.3), ("order_status", 0.2))
    heard = message("nlu_fallback", confidence=0.3, ranking=weak, entities=(ORDER,))

    assert planned("clarify", heard) == ["order_status"]


def test_what_was_said_before_we_asked_what_is_meant_still_counts() -> None:
    memory = waiting("clarify", "reason", text="lo del pedido", entities=[ORDER])

    pressed = plan("return_start", message("return_start", pressed=True), memory, Told())
    typed = plan("return_start", message("return_start", "devolver"), memory, Told())

    assert (pressed[0].text, pressed[0].pressed, pressed[0].entities) == ("lo del pedido", False, (ORDER,))
    assert (typed[0].text, typed[0].entities) == ("devolver", (ORDER,))


def test_an_address_given_as_proof_is_no_wish_to_go_on_by_mail() -> None:
    email = {"entity": "email", "value": "a@b.example"}
    heard = message("order_status", wishes=("request_email",), entities=(ORDER, email))

    assert planned("order_status", heard) == ["order_status"]


def test_a_way_that_is_declined_is_not_taken() -> None:
    heard = message(
        "talk_to_human", wishes=("order_status",), ranking=(("talk_to_human", 0.6), ("order_status", 0.3))
    )

    steps = plan("talk_to_human", heard, {}, Told(declined=("talk_to_human",)))

    assert [step.reason for step in steps] == ["order_status"]


def test_a_yes_with_thanks_confirms() -> None:
    steps = plan(
        "thank", message("thank", "sí, gracias"), waiting("order_cancel", "confirm"), Told(agrees=True)
    )

    assert [step.reason for step in steps] == ["order_cancel"]


def test_a_few_words_that_say_nothing_are_no_new_topic() -> None:
    heard = message("case_status", "ni idea", confidence=0.6)

    assert planned("case_status", heard, waiting("order_status", "order")) == ["order_status"]


def test_a_wish_that_is_named_to_be_dropped_is_dropped() -> None:
    heard = message("return_start", ranking=(("return_start", 0.7), ("stop", 0.2)))

    assert planned("return_start", heard, waiting("return_start", "return_reason")) == ["stop"]
    assert planned("return_start", heard, waiting("return_start", "line")) == ["return_start"]


def test_a_bare_yes_is_no_address_and_is_asked_again() -> None:
    memory = waiting("order_change", "new_value")

    yes = plan("affirm", message("affirm", "ja"), memory, Told())
    more = plan("affirm", message("affirm", "ja, Größe 42"), memory, Told())

    assert [(step.reason, step.text, step.pressed) for step in yes] == [("order_change", "", True)]
    assert [(step.reason, step.text, step.pressed) for step in more] == [
        ("order_change", "ja, Größe 42", False)
    ]


@pytest.mark.parametrize(
    ("beside", "expected"),
    [
        ("order_status", ["return_start", "order_status"]),
        ("item_defective", ["return_start"]),
        ("feedback_negative", ["return_start"]),
    ],
)
def test_another_wish_in_an_answer_is_served_after_it(beside: str, expected: list[str]) -> None:
    heard = message("return_start", "zu klein; und wo ist das andere?", wishes=(beside,))

    assert planned("return_start", heard, waiting("return_start", "return_reason")) == expected


def test_another_colour_is_asked_of_the_page_and_noted_as_what_it_is() -> None:
    heard = message("product_availability", "gibt es eine andere Farbe?")
    unsure = message(
        "nlu_fallback", heard.text, ranking=(("warranty_question", 0.4), ("product_question", 0.3))
    )

    for reason, said in (("product_availability", heard), ("clarify", unsure)):
        (step,) = plan(reason, said, {}, Told())
        assert (step.reason, step.noted) == ("product_question", "product_availability")


def test_a_number_that_corrects_another_one_goes_on_with_the_last_wish() -> None:
    text = "ach falsch, nicht die, die Leuchten meinte ich"
    read = message("item_defective", text, entities=(ORDER,))

    assert planned("item_defective", read, {"last_reason": "case_status"}) == ["case_status"]


@pytest.mark.parametrize(
    ("intent", "text", "expected"),
    [
        ("affirm", "nein, schon gut", "deny"),
        ("affirm", "kein Problem", "affirm"),
        ("nlu_fallback", "nein, so nicht", "deny"),
        ("nlu_fallback", "nein, ich wollte eigentlich etwas ganz anderes von Ihnen", "clarify"),
        ("nlu_fallback", "nein, warum?", "clarify"),
    ],
)
def test_a_few_words_are_the_no_they_begin_with(intent: str, text: str, expected: str) -> None:
    read = message(intent, text, confidence=0.3 if intent == "nlu_fallback" else 0.9)

    assert planned("clarify" if intent == "nlu_fallback" else intent, read) == [expected]


@pytest.mark.parametrize(
    ("reason", "text", "memory", "expected"),
    [
        ("item_wrong", "ach, vergessen Sie das", {"last_reason": "return_start"}, "stop"),
        ("affirm", "danke", {}, "thank"),
        ("affirm", "danke", {"offered": {"intent": "return_start"}}, "return_start"),
        ("seller_contact", "hat er geantwortet?", {"last_reason": "seller_contact"}, "case_status"),
        ("inform", "welches Aktenzeichen hat es?", {"last_outcome": "case_opened"}, "case_status"),
        ("inform", "welches Aktenzeichen hat es?", {"last_outcome": "answered"}, "inform"),
    ],
)
def test_some_words_mean_more_after_what_was_said(
    reason: str, text: str, memory: dict[str, Any], expected: str
) -> None:
    assert planned(reason, message(reason, text, confidence=0.7), memory) == [expected]


def test_a_surely_read_wish_is_not_dropped_for_a_word() -> None:
    heard = message("order_cancel", "vergessen Sie das, bitte stornieren", confidence=0.95)

    assert planned("order_cancel", heard, {"last_reason": "order_status"}) == ["order_cancel"]


class Names(Told):
    """A text that names a product of the shop, and one that was bought."""

    def names(self, text: str) -> bool:
        return True

    def points(self, text: str) -> bool:
        return True


@pytest.mark.parametrize(
    ("reason", "confidence", "last", "expected"),
    [
        ("item_wrong", 0.95, "warranty_question", "warranty_question"),
        ("stop", 0.6, "refund_status", "refund_status"),
        ("order_cancel", 0.95, "refund_status", "order_cancel"),
        ("talk_to_human", 0.6, "refund_status", "talk_to_human"),
    ],
)
def test_a_slip_goes_on_with_the_last_wish_about_the_other_product(
    reason: str, confidence: float, last: str, expected: str
) -> None:
    heard = message(reason, "nein, das war falsch, die Tischlampe Duna meine ich doch", confidence=confidence)

    assert [one.reason for one in plan(reason, heard, {"last_reason": last}, Names())] == [expected]


def test_another_matter_put_first_is_no_answer() -> None:
    heard = message("order_status", "Moment, wann kommt die andere Bestellung?", confidence=0.8)

    assert planned("order_status", heard, waiting("seller_contact", "message")) == ["order_status"]
    without = message("order_status", "wann kommt die andere Bestellung?", confidence=0.6)
    assert planned("order_status", without, waiting("seller_contact", "message")) == ["seller_contact"]


def test_a_question_that_begins_with_and_goes_on_with_less() -> None:
    ranking = (("account_problem", 0.75), ("a", 0.1), ("b", 0.05), ("warranty_question", 0.04))
    memory = {"last_reason": "warranty_question"}

    asked_on = message(
        "account_problem", "und muss ich mich da registrieren?", confidence=0.75, ranking=ranking
    )
    alone = message("account_problem", "muss ich mich da registrieren?", confidence=0.75, ranking=ranking)

    assert planned("account_problem", asked_on, memory) == ["warranty_question"]
    assert planned("account_problem", alone, memory) == ["account_problem"]


def doubted(steps: list[Step]) -> dict[str, bool]:
    return {step.reason: step.doubtful for step in steps}


def test_a_further_wish_in_doubt_is_marked_and_comes_last() -> None:
    two = message("order_status", wishes=("order_change", "return_policy"), doubtful=("order_change",))

    steps = plan("order_status", two, {}, Told())

    assert doubted(steps) == {"order_status": False, "return_policy": False, "order_change": True}
    assert steps[-1].reason == "order_change"


@pytest.mark.parametrize(
    ("first", "further", "confidence"),
    [
        ("replacement_request", "item_damaged", 0.9),  # the fault behind what is wanted for it
        ("item_damaged", "refund_status", 0.9),  # part of the fault
        ("order_status", "talk_to_human", 0.9),  # nobody is refused a person
        ("product_availability", "preorder_question", 0.4),  # the first is in doubt itself
    ],
)
def test_some_further_wishes_are_never_doubted(first: str, further: str, confidence: float) -> None:
    both = message(first, wishes=(further,), doubtful=(further,), confidence=confidence)

    assert True not in doubted(plan(first, both, {}, Told())).values()


CLARIFYING = {
    "reason": "clarify",
    "detail": "reason",
    "only": "order_change",
    "text": "neue Adresse",
    "entities": [],
}


def test_a_yes_to_a_wish_in_doubt_is_that_wish_with_its_words() -> None:
    (step,) = plan("affirm", message("affirm", "ja"), {"pending": CLARIFYING}, Told(agrees=True))

    assert (step.reason, step.text) == ("order_change", "neue Adresse")


def test_thanks_are_no_yes_to_a_wish_in_doubt() -> None:
    assert plan("affirm", message("affirm", "ok danke"), {"pending": CLARIFYING}, Told())[0].reason == "thank"


def test_a_yes_that_is_taken_back_is_a_no() -> None:
    memory = {"offered": {"intent": "order_cancel", "entities": {"choice": "yes"}}}

    assert planned("affirm", message("affirm", "ja, halt, doch nicht"), memory) == ["deny"]


def test_none_of_what_was_offered_is_a_no() -> None:
    pending = {"pending": {"reason": "order_status", "detail": "line"}}

    assert planned("item_wrong", message("item_wrong", "keins davon"), pending) == ["deny"]


def test_a_question_that_names_nothing_goes_on() -> None:
    asked = message("delivery_options", "und wieso das?")

    assert planned("delivery_options", asked, {"last_reason": "refund_status"}) == ["refund_status"]


def test_what_is_dropped_with_a_sigh_is_dropped_where_it_was_asked() -> None:
    pending = {"pending": {"reason": "item_wrong", "detail": "wish"}, "last_reason": "item_wrong"}
    sighed = message(
        "feedback_negative", "nein, vergessen Sie das. Aber zufrieden bin ich nicht", confidence=0.9
    )

    assert planned("feedback_negative", sighed, pending) == ["stop"]

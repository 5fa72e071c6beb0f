"""Which wishes belong together: what is part of what, what comes first, what goes on with what was said before."""

from __future__ import annotations

from bot.service.reasons import CONCRETE_REASONS, GROUPS, OUTCOMES

ORDER, ITEM, AFTER_SALE, PRODUCT = (
    frozenset(GROUPS[name]) for name in ("order", "item", "after_sale", "product")
)

PART_OF: dict[str, frozenset[str]] = {
    **{
        reason: ITEM | {"refund_status", "replacement_request", "return_start", "case_status"}
        for reason in ITEM
    },
    "order_status": frozenset({"digital_content"}),
    "order_late": frozenset({"order_status", "order_not_received", "case_status", "digital_content"}),
    "order_not_received": frozenset(
        {"order_status", "order_late", "refund_status", "replacement_request", "item_missing", "case_status"}
    ),
    "order_cancel": frozenset({"order_late", "refund_status", "return_start"}),
    "order_change": frozenset({"order_status", "product_availability", "item_wrong", "account_problem"}),
    "return_policy": frozenset({"return_start"}),  # its answer ends with a button for that
    "return_start": ITEM | {"return_policy", "refund_status"},
    "refund_status": frozenset({"payment_problem", "account_problem", "return_start", "case_status"}),
    "replacement_request": frozenset({"refund_status", "warranty_question"}),
    "request_email": frozenset({"inform"}),
}
"""Wishes that, said beside the first one, are part of it: what is wanted for a fault, the worry that goes with a delay."""

MAIN_OVER: dict[str, frozenset[str]] = {
    "refund_status": ITEM | {"order_not_received", "order_cancel"},
    "replacement_request": ITEM,
    "order_status": frozenset({"order_late", "order_not_received", "order_cancel", "order_change"}),
    "case_status": ITEM | {"order_late", "order_not_received", "refund_status"},
    "feedback_negative": CONCRETE_REASONS - {"feedback_negative", "feedback_positive"},
    "feedback_positive": CONCRETE_REASONS - {"feedback_negative", "feedback_positive"},
}
"""Wishes that come before the one read first, when both are said: the fault before what is wanted for it."""

WANTED_FOR_A_FAULT = frozenset({"refund_status", "replacement_request", "return_start"})
"""Said while we ask about a fault, these are what is wanted for it."""

MOODS = frozenset({"feedback_negative", "feedback_positive"})
"""Served only when nothing is asked for."""

ANSWERED_BY: dict[str, frozenset[str]] = {
    "description": ITEM | AFTER_SALE - {"claim_guarantee"} | {"order_not_received", "feedback_negative"},
    "part": ITEM | {"product_question", "replacement_request"},
    "wish": frozenset(
        {
            "refund_status",
            "replacement_request",
            "return_start",
            "return_policy",
            "order_cancel",
            "order_change",
        }
    ),
    "return_reason": ITEM | AFTER_SALE - {"claim_guarantee"} | MOODS,
    "new_value": ORDER | PRODUCT | {"item_wrong", "replacement_request"},
    "question": PRODUCT | {"preorder_question"},
    "message": CONCRETE_REASONS - {"talk_to_human"},
}
"""Details given in the customer's own words, and how such words may be read without being a new topic."""

GOES_ON_WITH = (
    ORDER | ITEM | AFTER_SALE | {"invoice_request", "seller_contact", "case_status", "product_availability"}
) - {"claim_guarantee"}
"""An order number alone goes on with the last wish when it is one of these, else it asks for the status."""

ABOUT_PRODUCTS = frozenset(
    {
        "warranty_question",
        "return_policy",
        "product_availability",
        "delivery_options",
        "product_question",
        "preorder_question",
    }
)
"""Questions that are asked of one product after the other."""


def is_for_a_person(reason: str) -> bool:
    """Whether a wish usually ends with a person: it is served last, for then the bot falls silent."""
    return OUTCOMES.get(reason) == "agent"

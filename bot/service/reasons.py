"""The contact reasons as this code needs them: groups and usual outcomes, in the order of the fixed list."""

from __future__ import annotations

GROUPS: dict[str, dict[str, str]] = {
    "order": {
        "order_status": "answer",
        "order_late": "seller",
        "order_not_received": "seller",
        "order_cancel": "seller",
        "order_change": "seller",
    },
    "item": {
        "item_missing": "seller",
        "item_parts_missing": "seller",
        "item_damaged": "seller",
        "item_defective": "seller",
        "item_wrong": "seller",
    },
    "after_sale": {
        "return_start": "seller",
        "return_policy": "answer",
        "refund_status": "answer",
        "replacement_request": "seller",
        "warranty_question": "answer",
        "claim_guarantee": "agent",
    },
    "outside_service": {
        "invoice_request": "redirect",
        "customization_request": "redirect",
        "preorder_question": "redirect",
        "seller_contact": "redirect",
    },
    "product": {
        "product_question": "answer",
        "product_availability": "answer",
        "delivery_options": "answer",
    },
    "account": {
        "payment_problem": "agent",
        "account_problem": "agent",
        "digital_content": "agent",
        "security_concern": "answer",
    },
    "contact": {
        "talk_to_human": "agent",
        "request_callback": "agent",
        "request_email": "agent",
        "case_status": "answer",
        "feedback_negative": "flow",
        "feedback_positive": "flow",
    },
    "conversation": {
        "greet": "flow",
        "goodbye": "flow",
        "thank": "flow",
        "affirm": "flow",
        "deny": "flow",
        "inform": "flow",
        "help": "flow",
        "bot_challenge": "flow",
        "change_language": "flow",
        "repeat": "flow",
        "stop": "flow",
        "out_of_scope": "flow",
    },
}

OUTCOMES: dict[str, str] = {reason: usual for group in GROUPS.values() for reason, usual in group.items()}
"""reason → answer, seller, redirect, agent, flow."""

GROUP_OF: dict[str, str] = {reason: name for name, group in GROUPS.items() for reason in group}

CONCRETE_REASONS = frozenset(
    reason for name, group in GROUPS.items() if name != "conversation" for reason in group
)
"""What a conversation can be about; the rest are moves of the conversation itself."""

SUBJECTS = CONCRETE_REASONS - {"talk_to_human", "request_callback", "request_email"}
"""What can be the matter itself; the three left out are ways to go on with it (R18)."""

"""What customers may see and have erased of what is kept about them."""

from bot.privacy.erase import Erased, conversations_of_customer, erase_conversations
from bot.privacy.own_data import own_data
from bot.privacy.retention import erase_overdue

__all__ = ["Erased", "conversations_of_customer", "erase_conversations", "erase_overdue", "own_data"]

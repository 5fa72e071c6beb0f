"""What customers may see and have erased of what is kept about them."""

from bot.privacy.erase import Erased, conversations_of_customer, erase_conversations
from bot.privacy.own_data import own_data

__all__ = ["Erased", "conversations_of_customer", "erase_conversations", "own_data"]

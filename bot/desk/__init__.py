"""The agents' side: queue, claim, replies, notes, call-backs, and all an agent needs to see."""

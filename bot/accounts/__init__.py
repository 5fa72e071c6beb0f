"""Staff, sellers, roles, sessions, customers' tokens."""

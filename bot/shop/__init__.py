"""Orders, products and their pages, sellers; search; sources."""

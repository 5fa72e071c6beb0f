"""The log: append-only, numbered entries per conversation; who controls it; what came of its wishes."""

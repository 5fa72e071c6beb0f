"""HTTP and WebSocket: one blueprint per audience."""

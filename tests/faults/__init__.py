"""Killing processes: nothing accepted is lost, nothing happens twice."""

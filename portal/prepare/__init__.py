"""Preparing a request: who will receive what, and whether the two addresses will do."""

"""Feeds: what a reader of RSS, Atom or JSON Feed is told, in which document, and how it finds the older ones."""

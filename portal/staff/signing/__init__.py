"""Signing in, by Flask-Security-Too: what it is told, and the ways around its pitfalls."""

"""The one way in which a bench stops short: a sentence for whoever asked for it."""


class BenchStopped(Exception):
    """The figures cannot be had; the message says why, and what to do where something can be done."""

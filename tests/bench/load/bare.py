"""A Flask that does nothing but answer a page as long as that of a lookup: what no lookup can be faster than."""

from flask import Flask, request

from tests.bench.content.visitors import PATHS, WORDS

LENGTH = 7_000
PAGE = b" ".join(words for both in WORDS.values() for words in both).ljust(LENGTH)
application = Flask("bare", static_folder=None)


def _answer() -> bytes:
    """Read the form, as a lookup must."""
    return PAGE if request.method == "GET" or request.form else b""


for path in PATHS:
    application.add_url_rule(path, path, _answer, methods=["GET", "POST"])

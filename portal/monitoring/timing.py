"""Where the time of an answer went, for builders of pages: the statements and the templates of one request.

While one develops alone: `middleware` sends it as Server-Timing, which a browser shows beside each request.
"""

from time import perf_counter
from typing import Any

from flask import Flask, before_render_template, g, has_request_context, request, template_rendered
from sqlalchemy import event

from portal.monitoring.middleware import SPANS
from portal.store.database import database


def attach(app: Flask) -> None:
    """Let `app` take the time of its statements and its templates, where the door asks for it."""
    with app.app_context():
        engine = database.engine
    event.listen(engine, "before_cursor_execute", _begin_statement)
    event.listen(engine, "after_cursor_execute", _end_statement)
    before_render_template.connect(_begin_template, app)
    template_rendered.connect(_end_template, app)


def _begin_statement(connection: Any, cursor: Any, statement: str, values: Any, context: Any, many: bool) -> None:
    context.portal_began = perf_counter()


def _end_statement(connection: Any, cursor: Any, statement: str, values: Any, context: Any, many: bool) -> None:
    _add("db", perf_counter() - context.portal_began)


def _begin_template(app: Flask, **more: object) -> None:
    g.template_began = perf_counter()


def _end_template(app: Flask, **more: object) -> None:
    _add("template", perf_counter() - g.template_began)


def _add(name: str, seconds: float) -> None:
    spans = request.environ.get(SPANS) if has_request_context() else None
    if spans is not None:
        spent, times = spans.get(name, (0.0, 0))
        spans[name] = spent + seconds, times + 1

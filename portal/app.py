"""The application: the only file that knows every other."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, NoReturn, cast

from flask import Flask, g
from flask.sessions import NullSession, SessionInterface, SessionMixin
from flask.wrappers import Request, Response
from flask_babel import ngettext
from markupsafe import Markup, escape
from werkzeug.middleware.proxy_fix import ProxyFix

from portal import assets, front, machines
from portal.backoffice import addresses as backoffice
from portal.config import Config
from portal.contacts import api as contacts_api, pages as contacts
from portal.contacts.rules import AGENCY_SITE, UNKNOWN, WEB_FORM
from portal.core import formats
from portal.core.calendar import QUEBEC, day_of
from portal.core.languages import TAGS, Language, other
from portal.dates import api as dates_api, pages as dates
from portal.demo import pages as demo
from portal.editions import api as editions_api, pages as editions
from portal.embeds import pages as embeds
from portal.feeds.rules import FORMAT_NAMES, MEDIA_TYPES
from portal.forms import api as forms_api, pages as forms
from portal.history import api as history_api, pages as history
from portal.monitoring import timing
from portal.notices import api as notices_api, pages as notices
from portal.prepare import pages as prepare
from portal.purges import keeping as purges
from portal.reads import records as reads
from portal.reads.counts import Counts
from portal.rows.records import labels
from portal.search import pages as search
from portal.status import pages as status
from portal.status.keeping import purge
from portal.store import database
from portal.store.changes import recorded_change
from portal.web import failures, health, limits, locale
from portal.web.environments import TwoLanguages, Words
from portal.web.public import is_demonstration, today

#: A form of ours is a few hundred bytes; files come by the command line.
LONGEST_BODY = 64 * 1024

BLUEPRINTS = (
    front.blueprint,
    dates.blueprint,
    history.blueprint,
    editions.blueprint,
    embeds.blueprint,
    notices.blueprint,
    search.blueprint,
    contacts.blueprint,
    status.blueprint,
    prepare.blueprint,
    forms.blueprint,
    dates_api.blueprint,
    history_api.blueprint,
    editions_api.blueprint,
    notices_api.blueprint,
    contacts_api.blueprint,
    forms_api.blueprint,
    machines.blueprint,
    health.blueprint,
)


class ForbiddenSession(NullSession):
    """A session that fails on any use, to read as to write."""

    def _fail(self, *arguments: object, **named: object) -> NoReturn:
        raise RuntimeError("public pages have no session: a page that is kept must not know its visitor")

    # Every way in is closed; NullSession closes those that write.
    __getitem__ = __contains__ = __iter__ = __len__ = get = keys = values = items = copy = _fail


class NoSession(SessionInterface):
    """Public pages have no session: code that touches one fails loudly, and no answer sets a cookie."""

    def open_session(self, app: Flask, request: Request) -> SessionMixin:
        """Open the session that nothing may touch."""
        return ForbiddenSession()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Keep nothing."""


def create_app(config: Config, clock: Callable[[], datetime] = lambda: datetime.now(QUEBEC)) -> Flask:
    """Return the application; `clock` gives the aware instant of each request. Raises SettingError."""
    app = _configured(config)
    database.attach(app, config)
    locale.attach(app, filters_of)
    limits.attach(app)
    failures.attach(app)
    for blueprint in (*BLUEPRINTS, *backoffice.blueprints(), *([] if config.is_production else [demo.blueprint])):
        app.register_blueprint(blueprint)
    locale.check_twins(app)
    _furnish_templates(app)

    @app.before_request
    def read_clock() -> None:
        g.now = clock()

    @app.after_request
    def keep_nothing(response: Response) -> Response:
        # The page cache writes its own for what a view states; everything else is for this visitor, this once.
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    if not config.is_production:
        timing.attach(app)
    if config.proxy_hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=config.proxy_hops, x_proto=config.proxy_hops)
    return app


def rest(app: Flask) -> None:
    """Close what is open for a next request, when none came since the last time; asked twice a second."""
    with app.app_context():
        database.reader().rest()


def tidy(app: Flask, at: datetime) -> None:
    """Do what the site does by itself every hour, at an aware instant: remove the requests that are no longer shown."""
    with app.app_context(), recorded_change("status", action="requests.purge", actor="the site", at=at) as change:
        purge(change, day_of(at), app.config["CLOSED_DAYS"])


def publish_due(app: Flask, at: datetime) -> None:
    """Publish the editions that were to come out by an aware instant."""
    # Here, because who may publish is known by the accounts of the desk, which take half a second to import.
    from portal.publication import schedule

    with app.app_context():
        schedule.publish_due(app, at)


def tell_cache(app: Flask, revisions: Mapping[str, int]) -> None:
    """Tell the cache in front of these revisions, which every worker shows."""
    with app.app_context():
        purges.tell(app.config["PURGE_HOOK"], revisions, lambda: datetime.now(UTC))


def keep_reads(app: Flask, counts: Counts, at: datetime) -> None:
    """Keep how often the feeds were read until an aware instant."""
    if counts:
        with app.app_context():
            reads.add(counts, day_of(at))


def _configured(config: Config) -> Flask:
    app = Flask("portal", template_folder=str(assets.TEMPLATES), static_folder=None)
    app.config.update(
        DATA=config.data,
        PUBLIC_URL=config.public_url,
        HUB_URL=config.hub_url,
        PURGE_HOOK=config.purge_hook,
        KEYS=config.keys,
        CLOSED_DAYS=config.closed_days,
        SECOND_PERSON=config.has_second_person,
        MOST_MISSES=config.most_misses,
        LIMITS_URL=config.limits_url,
        MAX_CONTENT_LENGTH=LONGEST_BODY,
        MAX_FORM_MEMORY_SIZE=LONGEST_BODY,
        FAILURE_PAGE=failures.FAILURE_PAGE,
        TRUSTED_HOSTS=list(config.trusted_hosts),
    )
    app.session_interface = NoSession()
    app.jinja_environment = cast(Any, TwoLanguages)
    app.url_map.redirect_defaults = False
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    return app


def _furnish_templates(app: Flask) -> None:
    words: dict[str, Any] = app.jinja_env.globals
    words.update(
        static_address=assets.static_address,
        icon_address=assets.icon_address,
        is_demonstration=is_demonstration,
        contact_now=contacts.contact_now,
        office=contacts.office,
        row_labels=lambda: labels(database.session(), today()),
        forms_today=forms.forms_today,
        public_url=app.config["PUBLIC_URL"],
        QUEBEC=QUEBEC,
        TAGS=TAGS,
        MEDIA_TYPES=MEDIA_TYPES,
        FORMAT_NAMES=FORMAT_NAMES,
        WEB_FORM=WEB_FORM,
        AGENCY_SITE=AGENCY_SITE,
        UNKNOWN=UNKNOWN,
        other=other,
        today=today,
    )


def filters_of(language: Language) -> Words:
    """Return the filters that a language gives to its templates."""

    def working_days(value: int) -> str:
        return ngettext("%(num)s working day", "%(num)s working days", value)

    return {
        "day": lambda value: formats.day(value, language),
        "long_day": lambda value: formats.long_day(value, language),
        "short_day": lambda value: formats.short_day(value, language),
        "near_day": lambda value: formats.near_day(value, today(), language),
        "axis_day": lambda value: formats.axis_day(value, language),
        "instant": lambda value: formats.instant(value, language),
        "hour": lambda value: formats.hour(value.astimezone(QUEBEC).time(), language),
        "closing_hour": lambda value: formats.closing_hour(value.astimezone(QUEBEC).time(), language),
        "hours": lambda value: formats.hours(value, language),
        "weekdays": lambda value: formats.weekdays(value, language),
        "listed": lambda value: Markup(formats.listed([escape(word) for word in value], language)),  # noqa: S704 — escaped
        "in_language": lambda text: text.in_(language),
        "counted": lambda value: formats.count(value, language),
        "phone": lambda value: formats.phone(value, language),
        "sentence": formats.sentence,
        "working_days": working_days,
    }

"""The table as a page, and the feed of notices: behind the cache, and as the documentation gives it, without."""

from datetime import datetime

from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.cache import never_cache
from django_site.models import Notice, Row

MOST_ITEMS = 50


def table(request: HttpRequest) -> HttpResponse:
    """Answer the table."""
    return render(request, "table.html", {"rows": Row.objects.all()})


class Notices(Feed):
    """The last notices, with their texts."""

    title = "Avis"
    link = "/avis/"
    description = "Chaque nouvel avis et chaque modification importante, avec le texte complet."

    def items(self):
        """Return the last notices."""
        return Notice.objects.all()[:MOST_ITEMS]

    def item_title(self, item: Notice) -> str:
        """Return its title."""
        return item.title

    def item_description(self, item: Notice) -> str:
        """Return its text."""
        return item.html

    def item_link(self, item: Notice) -> str:
        """Return its address."""
        return item.link

    def item_guid(self, item: Notice) -> str:
        """Return its identity."""
        return item.guid

    def item_pubdate(self, item: Notice) -> datetime:
        """Return when it was published."""
        return item.published

    def item_updateddate(self, item: Notice) -> datetime:
        """Return when it last changed."""
        return item.updated


urlpatterns = [
    path("dates/", table),
    path("avis/fil.rss", Notices()),
    path("avis/sans-cache.rss", never_cache(Notices())),
]

"""Makes the database of the Django site, and fills it: `python -m django_site.load`."""

import json

import django
from django.conf import settings
from django.core.management import call_command

django.setup()

from django_site.models import Notice, Row  # noqa: E402 — models exist once the site is set up

call_command("migrate", run_syncdb=True, verbosity=0)
content = json.loads((settings.CONTENT / "content.json").read_text("utf-8"))
Row.objects.bulk_create(Row(**row) for row in content["rows"])
Notice.objects.bulk_create(Notice(**notice) for notice in content["notices"])

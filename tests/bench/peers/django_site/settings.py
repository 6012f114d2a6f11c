"""A Django site with the portal's content, served well: the whole site behind its cache middleware, in memory."""

import os
from pathlib import Path

HERE = Path(__file__).parent
CONTENT = Path(os.environ["BENCH_CONTENT"])
SECRET_KEY = "bench"  # noqa: S105 — nothing is signed
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "django_site.views"
INSTALLED_APPS = ["django_site"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": CONTENT / "django.db"}}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
# In the order that its documentation gives; without sessions and accounts, which a public page does not need.
MIDDLEWARE = [
    "django.middleware.cache.UpdateCacheMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.cache.FetchFromCacheMiddleware",
]
TEMPLATES = [
    {"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [HERE / "templates", CONTENT], "OPTIONS": {}}
]
LANGUAGE_CODE = "fr-ca"
TIME_ZONE = "America/Toronto"
USE_TZ = True

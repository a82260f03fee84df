"""Overrides for the tests only: a fast hasher and a data folder of their own."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("PACS_DATA_DIR", tempfile.mkdtemp(prefix="reading-room-test-"))
os.environ["PACS_DEMO"] = "0"
# The tests empty the broker again and again, so it must be one that they have started themselves.
os.environ["PACS_REDIS_URL"] = ""

from pacs_site.settings import *  # noqa: F403 -- the data folder must be set before the settings are read

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STATIC_ROOT = Path(os.environ["PACS_DATA_DIR"]) / "static"
PACS_MIN_FREE_BYTES = 0

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":  # noqa: F405 -- from the settings above
    # A database in memory locks whole tables between threads, which the real one does not.
    DATABASES["default"]["TEST"] = {"NAME": Path(os.environ["PACS_DATA_DIR"]) / "test.sqlite3"}  # noqa: F405

"""WSGI entry, for hospitals whose web server speaks nothing else; live updates of the worklist need ASGI."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pacs_site.settings")

application = get_wsgi_application()

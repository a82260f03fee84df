"""The Celery application: queues, delivery guarantees and the schedule."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pacs_site.settings")

app = Celery("pacs_site")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

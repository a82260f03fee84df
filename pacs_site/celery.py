"""The Celery application: queues, delivery guarantees and the schedule."""

import os

from celery import Celery
from celery.signals import worker_process_init
from django.conf import settings

from viewer.tiles.limits import bound_render_process

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pacs_site.settings")

app = Celery("pacs_site")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect
def _bound_process(**_: object) -> None:
    bound_render_process(memory_bytes=settings.PACS_RENDER_MEMORY_BYTES)

"""Composition root of Reading Room: settings, addresses, task queue, processes."""

from pacs_site.celery import app as celery_app

__all__ = ["celery_app"]

"""Reactions to Django's signals."""

from typing import Any

from django.apps import apps
from django.db.models.signals import post_migrate
from django.dispatch import receiver

from accounts.services.rights_stamp import Watched, watch
from archive.models import Instance, Series, Study, StudyGroupObjectPermission, StudyUserObjectPermission


@receiver(post_migrate, sender=apps.get_app_config("archive"))
def watch_what_is_seen(using: str, **_: Any) -> None:
    """Have the stamp of rights counted up when a share ends and when what somebody sees moves or goes."""
    share = ("user", "permission", "content_object")
    tables = [
        Watched(StudyUserObjectPermission, share),
        Watched(StudyGroupObjectPermission, ["group", *share[1:]]),
        Watched(Study, ["study_instance_uid", "facility", "patient_record", "patient_id", "is_withdrawn"]),
        Watched(Series, ["series_instance_uid", "study", "is_withdrawn"]),
        Watched(
            Instance,
            ["sop_instance_uid", "series", "blob", "number_of_frames", "rows", "columns", "rejection"],
        ),
    ]
    watch(tables, using=using)

"""Every study has a reading task; those stored before get theirs here."""

from datetime import timedelta

from django.db import migrations

# The goal for routine studies, as it was when this was written.
_ROUTINE = timedelta(hours=24)


def add_missing_tasks(apps, schema_editor):
    """Add a completed task for each study that has none."""
    study_model = apps.get_model("archive", "Study")
    task_model = apps.get_model("worklist", "ReadingTask")
    missing = study_model.objects.filter(reading__isnull=True).only("pk", "facility_id", "last_instance_at")
    batch = []
    for study in missing.iterator(chunk_size=2000):
        batch.append(
            task_model(
                study_id=study.pk,
                facility_id=study.facility_id,
                status="completed",
                status_since=study.last_instance_at,
                clock_started_at=study.last_instance_at,
                completed_at=study.last_instance_at,
                due_at=study.last_instance_at + _ROUTINE,
            )
        )
        if len(batch) == 2000:
            task_model.objects.bulk_create(batch)
            batch.clear()
    task_model.objects.bulk_create(batch)


class Migration(migrations.Migration):
    dependencies = [("worklist", "0001_orders_acquisition_reading")]

    operations = [migrations.RunPython(add_missing_tasks, migrations.RunPython.noop)]

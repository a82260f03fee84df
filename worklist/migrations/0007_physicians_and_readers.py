"""What the lists sort and search by, for studies that were taken in before."""

from django.db import migrations

from dicomkit.person_name import search_key

_BATCH = 2000


def fill(apps, schema_editor):
    """Write the referring physician of each study, and the name of its reader, into its reading task."""
    tasks = apps.get_model("worklist", "ReadingTask").objects.select_related(
        "study__requested_procedure__imaging_service_request", "assigned_to", "claimed_by"
    )
    batch = []
    for task in tasks.iterator(chunk_size=_BATCH):
        procedure = getattr(task.study, "requested_procedure", None)
        ordered_by = procedure.imaging_service_request.requesting_physician_name if procedure else ""
        reader = task.claimed_by or task.assigned_to
        task.referring_physician_key = search_key(ordered_by or task.study.referring_physician_name)[:324]
        task.reader_name = (reader.display_name or reader.username) if reader else ""
        if task.referring_physician_key or task.reader_name:
            batch.append(task)
        if len(batch) == _BATCH:
            _write(apps, batch)
    _write(apps, batch)


def _write(apps, batch):
    columns = ["referring_physician_key", "reader_name"]
    apps.get_model("worklist", "ReadingTask").objects.bulk_update(batch, columns, batch_size=200)
    batch.clear()


class Migration(migrations.Migration):
    dependencies = [("worklist", "0006_lists_and_their_order")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]

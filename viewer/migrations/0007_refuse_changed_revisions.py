"""Let the database itself refuse to change a revision of an annotation. It goes with its image, and only then."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLE = "viewer_annotationrevision"
MESSAGE = "revisions of annotations are append-only"

CREATE = {
    "sqlite": [
        f"CREATE TRIGGER viewer_refuse_revision_update BEFORE UPDATE ON {TABLE} "
        f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END",
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION viewer_refuse_revision_update() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}'; END $$",
        f"CREATE TRIGGER viewer_refuse_revision_update BEFORE UPDATE ON {TABLE} "
        "FOR EACH ROW EXECUTE FUNCTION viewer_refuse_revision_update()",
    ],
}
DROP = {
    "sqlite": ["DROP TRIGGER viewer_refuse_revision_update"],
    "postgresql": [
        f"DROP TRIGGER viewer_refuse_revision_update ON {TABLE}",
        "DROP FUNCTION viewer_refuse_revision_update()",
    ],
}


def create(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in CREATE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def drop(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in DROP[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("viewer", "0006_annotations_on_planes")]

    operations = [migrations.RunPython(create, drop)]

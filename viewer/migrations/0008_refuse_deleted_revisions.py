"""Let the database itself refuse to delete a revision of an annotation, unless its whole study leaves."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLE = "viewer_annotationrevision"
RELEASES = "viewer_revisionrelease"
MESSAGE = "revisions of annotations are append-only"

# The condition names no table that a later migration makes anew: SQLite would not find it while it is renamed.
CREATE = {
    "sqlite": [
        f"CREATE TRIGGER viewer_refuse_revision_delete BEFORE DELETE ON {TABLE} "
        f"WHEN NOT EXISTS (SELECT 1 FROM {RELEASES} WHERE annotation_id = OLD.annotation_id) "
        f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END",
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION viewer_refuse_revision_delete() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF TG_OP = 'DELETE' THEN "
        f"IF EXISTS (SELECT 1 FROM {RELEASES} WHERE annotation_id = OLD.annotation_id) THEN RETURN OLD; END IF; "
        f"END IF; RAISE EXCEPTION '{MESSAGE}'; END $$",
        f"CREATE TRIGGER viewer_refuse_revision_delete BEFORE DELETE ON {TABLE} "
        "FOR EACH ROW EXECUTE FUNCTION viewer_refuse_revision_delete()",
        f"CREATE TRIGGER viewer_refuse_revision_truncate BEFORE TRUNCATE ON {TABLE} "
        "FOR EACH STATEMENT EXECUTE FUNCTION viewer_refuse_revision_delete()",
    ],
}
DROP = {
    "sqlite": ["DROP TRIGGER viewer_refuse_revision_delete"],
    "postgresql": [
        f"DROP TRIGGER viewer_refuse_revision_delete ON {TABLE}",
        f"DROP TRIGGER viewer_refuse_revision_truncate ON {TABLE}",
        "DROP FUNCTION viewer_refuse_revision_delete()",
    ],
}


def create(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in CREATE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def drop(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in DROP[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("viewer", "0007_refuse_changed_revisions")]

    operations = [
        migrations.CreateModel(
            name="RevisionRelease",
            fields=[("annotation_id", models.BigIntegerField(primary_key=True, serialize=False))],
        ),
        migrations.RunPython(create, drop),
    ]

"""Let the database itself refuse to change or remove a record of the audit log."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLE = "audit_auditevent"
MESSAGE = "the audit log is append-only"

CREATE = {
    "sqlite": [
        f"CREATE TRIGGER audit_refuse_update BEFORE UPDATE ON {TABLE} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END",
        f"CREATE TRIGGER audit_refuse_delete BEFORE DELETE ON {TABLE} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END",
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}'; END $$",
        f"CREATE TRIGGER audit_refuse_update BEFORE UPDATE OR DELETE ON {TABLE} "
        "FOR EACH ROW EXECUTE FUNCTION audit_refuse_change()",
        f"CREATE TRIGGER audit_refuse_truncate BEFORE TRUNCATE ON {TABLE} "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change()",
    ],
}
DROP = {
    "sqlite": ["DROP TRIGGER audit_refuse_update", "DROP TRIGGER audit_refuse_delete"],
    "postgresql": [
        f"DROP TRIGGER audit_refuse_update ON {TABLE}",
        f"DROP TRIGGER audit_refuse_truncate ON {TABLE}",
        "DROP FUNCTION audit_refuse_change()",
    ],
}


def create(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in CREATE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def drop(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in DROP[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_audit_events_and_chain_head")]

    operations = [migrations.RunPython(create, drop)]

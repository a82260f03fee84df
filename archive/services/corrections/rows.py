"""Changes of rows as values: taken from rows, written to rows, and only onto what they were taken from."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist
from django.db import models

from archive.exceptions import CorrectionConflictError
from archive.models import Correction, Instance, NewRow, RowChange, Series, Study

# What finds a row for a person who reads the plan, too; rows of other models are found by their key.
_NAMES: dict[type[models.Model], str] = {
    Study: "study_instance_uid",
    Series: "series_instance_uid",
    Instance: "sop_instance_uid",
    Correction: "correction_uid",
}


def lookup_of(row: models.Model) -> dict[str, Any]:
    """Return the lookup that finds a row."""
    name = _NAMES.get(type(row), "pk")
    return {name: _as_json(getattr(row, name))}


def change_of(row: models.Model, **after: Any) -> list[RowChange]:
    """Return the change that gives columns other values; nothing where they have them.

    Parameters
    ----------
    after
        By field; of a foreign key the row, the lookup that will find it, or None.
    """
    names = [name for name, value in after.items() if _as_json(getattr(row, name)) != _as_json(value)]
    if not names:
        return []
    before = {name: _as_json(getattr(row, name)) for name in names}
    return [
        RowChange(row._meta.label, lookup_of(row), before, {name: _as_json(after[name]) for name in names})
    ]


def write_new(row: NewRow) -> None:
    """Make a row."""
    model = apps.get_model(row.model)
    model._base_manager.create(**_as_columns(model, row.values))


def write_changes(changes: Iterable[RowChange]) -> None:
    """Write changes in their order.

    Raises
    ------
    CorrectionConflictError
        A row is not any more as the change found it. The caller's transaction is to be rolled back.
    """
    for change in changes:
        model = apps.get_model(change.model)
        before = _as_columns(model, change.before)
        # Two databases compare JSON in two ways; the other columns and the study's revision tell enough.
        as_it_was = {
            name: value
            for name, value in before.items()
            if not isinstance(model._meta.get_field(name), models.JSONField)
        }
        rows = model._base_manager.filter(**change.key, **as_it_was)
        if not rows.update(**_as_columns(model, change.after)):
            raise CorrectionConflictError


def _as_json(value: Any) -> Any:
    if isinstance(value, models.Model):
        return lookup_of(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _as_columns(model: type[models.Model], values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _as_column(model._meta.get_field(name), value) for name, value in values.items()}


def _as_column(field: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(field, models.ForeignKey):
        related: Any = field.related_model
        try:
            return related._base_manager.get(**value)
        except ObjectDoesNotExist:
            raise CorrectionConflictError from None
    return field.to_python(value)

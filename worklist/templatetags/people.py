"""How names and lists of DICOM are written in pages."""

from django import template

from dicomkit.person_name import display_name

register = template.Library()


@register.filter
def person_name(value: str) -> str:
    """Return a Person Name as it is read."""
    return display_name(value)


@register.filter
def modalities(value: str) -> str:
    """Return values that a backslash separates as words."""
    return ", ".join(part for part in value.split("\\") if part)

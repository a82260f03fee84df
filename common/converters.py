"""Path converters; importing this module makes them known to the address patterns."""

from django.urls import register_converter


class UIDConverter:
    """A DICOM unique identifier: digits and dots, at most 64 characters."""

    regex = r"[0-9.]{1,64}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(UIDConverter, "uid")

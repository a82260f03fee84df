"""Brings the catalogues up to date with the sources."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from babel.messages import Catalog
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation import to_locale

from pacs_site.messages import Message, collected_messages, is_translated

_WIDTH = 110


class Command(BaseCommand):
    """Collect the messages of the sources into ``locale/*.po``.

    What nobody asks for any more is dropped, what is new waits with an empty text, and a test fails until it has one.
    """

    help = "Collect the messages of the sources into locale/*.po."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Let a language be begun."""
        parser.add_argument("--new", metavar="LANGUAGE", help="begin the catalogue of a language")

    def handle(self, *args: Any, new: str | None, **options: Any) -> None:
        """Write every catalogue anew."""
        found = collected_messages()
        folder = Path(settings.BASE_DIR) / "locale"
        for path in sorted({*folder.glob("*.po"), *([folder / f"{new}.po"] if new else [])}):
            catalogue = _up_to_date(path, found)
            with path.open("wb") as file:
                write_po(file, catalogue, width=_WIDTH, sort_output=True, include_lineno=False)
            missing = sum(not is_translated(message.string) for message in catalogue if message.id)
            self.stdout.write(f"{path.name}: {len(catalogue)} messages, {missing} without a translation")


def _up_to_date(path: Path, found: dict[Message, list[str]]) -> Catalog:
    """Return the catalogue of a file with exactly the messages that were found."""
    old = Catalog(locale=to_locale(path.stem))
    if path.exists():
        with path.open("rb") as file:
            old = read_po(file, locale=to_locale(path.stem))
    # Dates of the file and names of a team would change with every run; the history of the repository has them.
    result = _Catalog(
        locale=to_locale(path.stem), project="Reading Room", fuzzy=False, header_comment=_HEADER
    )
    for message, places in sorted(found.items(), key=lambda item: str(item[0])):
        known = old.get(message[0] if isinstance(message, tuple) else message)
        is_same = known is not None and isinstance(known.id, tuple) == isinstance(message, tuple)
        text = known.string if known is not None and is_same else None
        result.add(message, text, locations=[(place, 1) for place in places])
    return result


_HEADER = "# The words of Reading Room; see docs/architecture/languages.md."
_KEPT_HEADERS = ("Language", "Plural-Forms", "MIME-Version", "Content-Type", "Content-Transfer-Encoding")


class _Catalog(Catalog):
    """A catalogue whose head says what a reader needs and nothing that changes from run to run."""

    def _get_mime_headers(self) -> list[tuple[str, str]]:
        return [(name, value) for name, value in super()._get_mime_headers() if name in _KEPT_HEADERS]

    mime_headers = property(_get_mime_headers)

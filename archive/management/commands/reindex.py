"""Read stored instances again and bring what is indexed of them up to date; workers do it, the command looks on."""

import json
import sys
import time
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from accounts.models import Facility
from archive.models import Reindexing
from archive.services.reindexing import Wanted, start_reindexing

_LOOK_SECONDS = 1.0


class Command(BaseCommand):
    help = (
        "Read stored instances again, so that the database has of them what this release extracts. Files, corrections, "
        "patients and studies stay as they are. It goes on without this command; run it again to look on."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--facility", metavar="CODE", help="Only studies of this facility.")
        parser.add_argument("--study", metavar="UID", default="", help="Only the study of this UID.")
        parser.add_argument(
            "--from", dest="first_day", type=date.fromisoformat, help="Only studies of this date, or later."
        )
        parser.add_argument(
            "--until", dest="last_day", type=date.fromisoformat, help="Only studies of this date, or earlier."
        )
        parser.add_argument("--no-wait", action="store_true", help="Begin, and do not look on.")
        parser.add_argument(
            "--json", action="store_true", help="Print the result as JSON, without a progress bar."
        )

    def handle(self, *args: Any, facility: str | None, study: str, **options: Any) -> None:
        wanted = Wanted(_facility(facility), study, options["first_day"], options["last_day"])
        run, is_new = start_reindexing(wanted)
        if not is_new and not options["json"]:
            self.stdout.write(
                "One is going on already, and only one does at a time. This is how far it has come:"
            )
        if not options["no_wait"]:
            _look_on(run, is_shown=not options["json"] and sys.stderr.isatty())
        counts = {name: getattr(run, name) for name in ("total", "done", "changed", "failed")}
        if options["json"]:
            self.stdout.write(
                json.dumps(counts | {"is_new": is_new, "is_finished": run.finished_at is not None})
            )
        else:
            self.stdout.write(
                "{done} of {total} read again, {changed} changed, {failed} unreadable".format(**counts)
            )


def _look_on(run: Reindexing, *, is_shown: bool) -> None:
    """Show how far a run has come until it is finished; stopping to look does not stop it."""
    with tqdm(total=run.total, unit="file", disable=not is_shown) as bar:
        while run.finished_at is None:
            time.sleep(_LOOK_SECONDS)
            run.refresh_from_db()
            bar.update(run.done - bar.n)


def _facility(code: str | None) -> Facility | None:
    if code is None:
        return None
    found = Facility.objects.filter(code=code.upper()).first()
    if found is None:
        raise CommandError(f"There is no facility {code!r}.")
    return found

"""Import files, folders, ZIP archives and DICOMDIRs."""

import json
import sys
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from accounts.models import Facility
from archive.exceptions import StorageError
from archive.services.importing import count_files, import_paths
from archive.services.received import ArrivalSession, IngestResult, Origin, Outcome
from audit.actors import Actor


class Command(BaseCommand):
    help = "Import DICOM files, folders, ZIP archives and DICOMDIRs. Safe to run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument(
            "--facility",
            metavar="CODE",
            help="The facility that the studies belong to; may be left out where there is only one.",
        )
        parser.add_argument(
            "--json", action="store_true", help="Print the result as JSON, without a progress bar."
        )

    def handle(self, *args: Any, paths: list[Path], facility: str | None, **options: Any) -> None:
        missing = [str(path) for path in paths if not path.exists()]
        if missing:
            raise CommandError(f"There is no such file or folder: {', '.join(missing)}")
        session = ArrivalSession(Origin.IMPORT, Actor.command("import_dicom"), facility_for(facility))
        counts: Counter[Outcome] = Counter()
        reasons: list[IngestResult] = []
        with tqdm(
            total=count_files(paths), unit="file", disable=options["json"] or not sys.stderr.isatty()
        ) as bar:
            try:
                for result in import_paths(paths, session=session, on_file=bar.update):
                    counts[result.outcome] += 1
                    if result.outcome in (Outcome.REJECTED, Outcome.CONFLICT):
                        reasons.append(result)
            except StorageError as error:
                raise CommandError(
                    f"{error} Run the same command again afterwards; what is stored is skipped."
                ) from error
        self._report(counts, reasons, as_json=options["json"])

    def _report(self, counts: Counter[Outcome], reasons: list[IngestResult], *, as_json: bool) -> None:
        if as_json:
            listed = [{"file": one.name, "outcome": one.outcome, "reason": one.reason} for one in reasons]
            self.stdout.write(
                json.dumps({outcome: counts[outcome] for outcome in Outcome} | {"reasons": listed})
            )
            return
        for one in reasons:
            self.stdout.write(f"{one.outcome}: {one.name}: {one.reason}")
        self.stdout.write(", ".join(f"{counts[outcome]} {outcome}" for outcome in Outcome))


def facility_for(code: str | None) -> Facility:
    """Return the facility of a code, or the only one there is.

    Raises
    ------
    CommandError
        There is none of that code, or the choice is open.
    """
    facilities = {facility.code: facility for facility in Facility.objects.filter(is_active=True)}
    if code:
        found = facilities.get(code.upper())
        if found is None:
            raise CommandError(
                f"There is no active facility {code!r}; there are: {', '.join(sorted(facilities)) or 'none'}."
            )
        return found
    if len(facilities) != 1:
        raise CommandError(
            "Name the facility with --facility CODE."
            if facilities
            else "There is no facility yet; add one in the admin pages."
        )
    return next(iter(facilities.values()))

"""``verify_audit [--json]``: walks along the audit chain; exit status 1 and the places when it does not hold."""

import dataclasses
import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from audit.actors import Actor
from audit.services import check_chain


class Command(BaseCommand):
    help = "Walk along the audit log's chain of hashes and report every record that was changed, removed or put in."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Walk, print, and leave with the status."""
        report = check_chain(actor=Actor.command("verify_audit"))
        if options["json"]:
            faults = [dataclasses.asdict(fault) for fault in report.faults]
            body = {
                "intact": report.is_intact,
                "rows": report.rows,
                "anchors": report.anchors,
                "faults": faults,
            }
            self.stdout.write(json.dumps(body))
        else:
            for fault in report.faults:
                self.stdout.write(f"{fault.seq} {fault.kind}: {fault.explanation}")
            verdict = "the chain holds" if report.is_intact else f"{len(report.faults)} places are wrong"
            self.stdout.write(f"{report.rows} records, {report.anchors} anchors: {verdict}")
        if not report.is_intact:
            sys.exit(1)

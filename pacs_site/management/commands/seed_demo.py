"""Fill the archive with demo users and studies."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from pacs_site.demo import as_json, is_demo_allowed, logins_text, seed_demo


class Command(BaseCommand):
    help = "Make two facilities, one user per role in each, and demo studies. Safe to run again; passwords are new."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--json", action="store_true", help="Print what was made as JSON, with a new token for each user."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not is_demo_allowed():
            raise CommandError("Demo users are refused here: PACS_DEMO is 0, or the host is not loopback.")
        demo = seed_demo(with_tokens=options["json"])
        self.stdout.write(json.dumps(as_json(demo), indent=2) if options["json"] else logins_text(demo))

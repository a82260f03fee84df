"""Register a DICOM application entity and what it may do."""

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.models import Facility
from audit.actors import Actor
from dimse.models import Right
from dimse.services.peers import add_peer


class Command(BaseCommand):
    help = "Register a DICOM application entity and what it may do. Safe to run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("ae_title", metavar="AE_TITLE", help="As the device sends it; case counts.")
        parser.add_argument("host", metavar="HOST", help="The IP address or host name that it calls from.")
        parser.add_argument("port", metavar="PORT", type=int, help="Where it listens itself.")
        parser.add_argument(
            "--rights",
            required=True,
            type=_rights,
            metavar=",".join(Right),
            help="What it may ask of us; none implies another.",
        )
        parser.add_argument(
            "--facility", required=True, metavar="CODE", help="To which the studies that it sends belong."
        )
        parser.add_argument("--description", help="Room, maker, whom to call.")

    def handle(self, *args: Any, **options: Any) -> None:
        code = options["facility"].upper()
        facility = Facility.objects.filter(code=code, is_active=True).first()
        if facility is None:
            known = ", ".join(
                Facility.objects.filter(is_active=True).order_by("code").values_list("code", flat=True)
            )
            raise CommandError(f"There is no active facility {code!r}; there are: {known or 'none'}.")
        try:
            entity = add_peer(
                ae_title=options["ae_title"],
                host=options["host"],
                port=options["port"],
                facility=facility,
                rights=options["rights"],
                description=options["description"],
                actor=Actor.command("add_peer"),
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        rights = ", ".join(sorted(entity.rights)) or "nothing"
        self.stdout.write(
            f"{entity.ae_title} at {entity.host} port {entity.port} may {rights} for {facility.code}."
        )


def _rights(text: str) -> list[Right]:
    try:
        return [Right(part.strip()) for part in text.split(",") if part.strip()]
    except ValueError as error:
        raise ArgumentTypeError(f"choose from {', '.join(Right)}") from error

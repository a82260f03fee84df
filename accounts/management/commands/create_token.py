"""Make a bearer token for the HTTP interfaces and print it, once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.exceptions import TokenRequestError
from accounts.models import User
from accounts.scopes import Scope
from accounts.services.tokens import DEFAULT_DAYS, LONGEST_DAYS, create_token
from audit.actors import Actor


class Command(BaseCommand):
    help = "Make a bearer token for the HTTP interfaces and print it, once. It can do what its user may, at most."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", metavar="USERNAME", help="For whom it acts.")
        parser.add_argument(
            "--scope",
            nargs="+",
            action="extend",
            metavar="SCOPE",
            help=f"What it is good for: {', '.join(Scope)}; {Scope.READ} if none is given. Neither includes the other.",
        )
        parser.add_argument(
            "--days",
            default=str(DEFAULT_DAYS),
            metavar="N",
            help=f"For how long, 1 to {LONGEST_DAYS}; {DEFAULT_DAYS} if not given.",
        )
        parser.add_argument("--purpose", default="", metavar="TEXT", help="Which program uses it, and where.")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["username"]
        user = User.objects.filter(username=User.normalize_username(name)).first()
        if user is None:
            raise CommandError(f"There is no user {name!r}.")
        try:
            secret = create_token(
                user,
                scopes=options["scope"] or [Scope.READ],
                days=_days(options["days"]),
                purpose=options["purpose"],
                actor=Actor.command("create_token"),
            )
        except TokenRequestError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(secret)


def _days(text: str) -> int:
    # Not left to the parser, which would print a page of usage.
    try:
        return int(text)
    except ValueError:
        raise CommandError(f"--days takes a whole number, not {text!r}.") from None

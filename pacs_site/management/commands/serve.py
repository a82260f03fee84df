"""Run the whole system in the foreground."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection

from pacs_site.demo import is_first_start, logins_text, seed_demo
from pacs_site.preparation import prepare
from pacs_site.serving import RunningSystem, StartError, refuse_taken_port, url_host


class Command(BaseCommand):
    help = "Run every service under one supervisor until SIGINT or SIGTERM."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._serve()
        except (StartError, PermissionError) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{error.strerror}: {error.filename}") from error
        except DatabaseError as error:
            raise CommandError(f"the database cannot be used: {str(error).splitlines()[0]}") from error

    def _serve(self) -> None:
        refuse_taken_port(settings.PACS_HTTP_HOST, settings.PACS_HTTP_PORT, "PACS_HTTP_PORT")
        refuse_taken_port(settings.PACS_DICOM_HOST, settings.PACS_DICOM_PORT, "PACS_DICOM_PORT")
        configuration = prepare()
        is_first = is_first_start()
        connection.close()
        with RunningSystem(configuration) as system:
            if not system.wait_until_ready(say=self.stderr.write):
                return
            address = f"http://{url_host(settings.PACS_HTTP_HOST)}:{settings.PACS_HTTP_PORT}/"
            if is_first and settings.PACS_DEMO:
                self.stderr.write("first start: importing the demo studies")
                demo = seed_demo()
                self.stdout.write(f"ready: {address}")
                self.stdout.write(logins_text(demo))
            else:
                self.stdout.write(f"ready: {address}")
                if is_first:
                    self.stdout.write(
                        "There are no users yet; make the first with: script/manage createsuperuser"
                    )
            self.stdout.flush()
            connection.close()
            system.run()

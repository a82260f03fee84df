"""Run the DICOM receiver in the foreground."""

import signal
import threading
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, close_old_connections

from audit.actors import Actor
from audit.services import record_event
from audit.vocabulary import EventType
from dimse.exceptions import DimseError
from dimse.scp import Receiver

ACTOR = Actor.system("dimse")
_TEND_EVERY_SECONDS = 1.0


class Command(BaseCommand):
    help = "Receive DICOM (C-ECHO, C-STORE) until SIGTERM or SIGINT; then finish what is in hand and exit."

    def handle(self, *args: Any, **options: Any) -> None:
        told_to_stop = threading.Event()

        def stop(signum: int, frame: FrameType | None) -> None:
            told_to_stop.set()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        receiver = Receiver(host=settings.PACS_DICOM_HOST, port=settings.PACS_DICOM_PORT)
        try:
            receiver.start()
            record_event(EventType.APPLICATION_STARTED, actor=ACTOR)
        except DimseError as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            receiver.stop()
            raise CommandError(f"The database cannot be used ({type(error).__name__}).") from error
        self.stdout.write(
            f"{settings.PACS_AE_TITLE} receives DICOM on {settings.PACS_DICOM_HOST} port {receiver.port}"
        )
        self.stdout.flush()
        while not told_to_stop.wait(_TEND_EVERY_SECONDS):
            receiver.tend()
        receiver.stop()
        self._record_stop()

    def _record_stop(self) -> None:
        try:
            close_old_connections()
            record_event(EventType.APPLICATION_STOPPED, actor=ACTOR)
        except DatabaseError as error:
            self.stderr.write(f"The stop could not be recorded ({type(error).__name__}).")

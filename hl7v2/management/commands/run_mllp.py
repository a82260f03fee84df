"""Run the HL7 receiver in the foreground."""

import signal
import threading
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from audit.actors import Actor
from audit.services import record_event
from audit.vocabulary import EventType
from hl7v2.mllp import MllpServer

ACTOR = Actor.system("hl7v2")


class Command(BaseCommand):
    help = "Receive orders as HL7 v2 messages over MLLP until SIGTERM or SIGINT."

    def handle(self, *args: Any, **options: Any) -> None:
        told_to_stop = threading.Event()

        def stop(signum: int, frame: FrameType | None) -> None:
            told_to_stop.set()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        address = (settings.PACS_HL7_HOST, settings.PACS_HL7_PORT)
        try:
            server = MllpServer(address)
        except OSError as error:
            raise CommandError(
                f"Cannot listen for HL7 on {address[0]} port {address[1]}: {error.strerror}."
            ) from error
        threading.Thread(target=server.serve_forever, name="hl7-receiver", daemon=True).start()
        record_event(EventType.APPLICATION_STARTED, actor=ACTOR)
        self.stdout.write(f"HL7 messages are received on {address[0]} port {server.server_address[1]}")
        self.stdout.flush()
        told_to_stop.wait()
        server.shutdown()
        record_event(EventType.APPLICATION_STOPPED, actor=ACTOR)

"""A receiver and the system that may send to it."""

import threading
from collections.abc import Iterator

import pytest

from accounts.models import Facility
from hl7v2.mllp import MllpServer
from hl7v2.models import Sender


@pytest.fixture
def north(transactional_db: None) -> Facility:
    return Facility.objects.create(code="NORTH", name="North Hospital")


@pytest.fixture
def port(north: Facility) -> Iterator[int]:
    """A receiver that knows one RIS, on a free port."""
    Sender.objects.create(
        sending_application="RIS", sending_facility="NORTHRIS", address="127.0.0.1", facility=north
    )
    server = MllpServer(("127.0.0.1", 0))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield int(server.server_address[1])
    server.shutdown()
    server.server_close()

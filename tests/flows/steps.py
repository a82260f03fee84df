"""What the flows do to a running system, again and again."""

import time
from collections.abc import Callable

from pydicom.dataset import Dataset
from pynetdicom import AE
from pynetdicom.sop_class import SecondaryCaptureImageStorage

from tests.running_system import RunningSystem


def send(system: RunningSystem, dataset: Dataset) -> int:
    """Send an instance by C-STORE and return the status."""
    ae = AE(ae_title="STORESCU")
    ae.add_requested_context(SecondaryCaptureImageStorage)
    association = ae.associate("127.0.0.1", system.dicom_port, ae_title="READINGROOM")
    assert association.is_established
    status = association.send_c_store(dataset)
    association.release()
    return int(status.Status)


def eventually(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait until something holds; fail when it does not in time."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come to pass in time"
        time.sleep(0.1)

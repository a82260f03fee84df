"""Service class users: a decent one by pynetdicom, and data sets for it to send."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian
from pynetdicom import AE, build_context, evt
from pynetdicom.dsutils import encode
from pynetdicom.sop_class import Verification

from dicomkit.synth.modules import StudyAttributes, new_object, set_pixels


def ct_slice(
    *,
    instance_number: int = 1,
    study: StudyAttributes | None = None,
    transfer_syntax_uid: str = ExplicitVRLittleEndian,
    side: int = 16,
) -> Dataset:
    """Return a small CT image; the same arguments, with a study given, make the same bytes."""
    dataset = new_object(
        study or StudyAttributes(),
        sop_class_uid=CTImageStorage,
        modality="CT",
        series_number=1,
        series_description="Abdomen",
        instance_number=instance_number,
        transfer_syntax_uid=transfer_syntax_uid,
    )
    pixels = (np.arange(side * side, dtype=np.int16) + instance_number).reshape(side, side)
    set_pixels(dataset, pixels, bits_stored=16, photometric_interpretation="MONOCHROME2")
    return dataset


def encoded(dataset: Dataset) -> bytes:
    """Return the bytes of a data set as the sender below puts them on the wire."""
    syntax = dataset.file_meta.TransferSyntaxUID
    data = encode(dataset, syntax.is_implicit_VR, syntax.is_little_endian)
    assert data is not None
    return data


@contextmanager
def association(
    port: int,
    *,
    ae_title: str = "CT1",
    called: str = "READINGROOM",
    contexts: Sequence[Any] = (),
    address: str = "127.0.0.1",
    timeout: float = 30,
) -> Iterator[Any]:
    """Associate, hand out the association (established or not), release it."""
    entity = AE(ae_title=ae_title)
    entity.acse_timeout = entity.dimse_timeout = entity.network_timeout = timeout
    sockets: list[Any] = []
    opened = entity.associate(
        address,
        port,
        ae_title=called,
        contexts=list(contexts)
        or [build_context(Verification), build_context(CTImageStorage, ExplicitVRLittleEndian)],
        evt_handlers=[(evt.EVT_CONN_OPEN, lambda event: sockets.append(event.assoc.dul.socket.socket))],
    )
    try:
        yield opened
    finally:
        if opened.is_established:
            opened.release()
        if opened.ident is not None:
            opened.join(10)
        opened.dul.join(10)
        for one in sockets:
            # pynetdicom leaves it open where the other side was first.
            one.close()


def store(port: int, *datasets: Dataset, **options: Any) -> list[int]:
    """Send data sets over one association and return the statuses."""
    uids = {(dataset.SOPClassUID, dataset.file_meta.TransferSyntaxUID) for dataset in datasets}
    contexts = [build_context(*pair) for pair in sorted(uids)]
    with association(port, contexts=contexts, **options) as opened:
        assert opened.is_established
        return [opened.send_c_store(dataset).Status for dataset in datasets]


def echo(port: int, **options: Any) -> int | None:
    """Return the status of a C-ECHO; None where no association came about."""
    with association(port, contexts=[build_context(Verification)], **options) as opened:
        return opened.send_c_echo().get("Status") if opened.is_established else None

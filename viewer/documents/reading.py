"""Read a part of a document in a render process, whose memory and time are bounded: content trees may be hostile."""

import json
from dataclasses import asdict
from typing import BinaryIO

from dicomkit.errors import DicomKitError
from dicomkit.part10 import Part10Header, read_header
from dicomkit.sr.document import read_report
from dicomkit.waveform import CHUNK_SAMPLES, read_groups, read_samples
from dicomkit.waveform_annotations import read_annotations
from dicomkit.waveform_samples import pack_samples
from viewer.documents.request import DocumentPart, DocumentRequest
from viewer.tiles.cache import CachedPicture

# Three leads of a day at 250 Hz take 130 MB. Only render processes read so much, and one file at a time.
_WAVEFORM_LIMIT_BYTES = 192 * 2**20


def read_document_part(file: BinaryIO, request: DocumentRequest) -> CachedPicture:
    """Return a part of a document, or an entry that says why it cannot be shown."""
    try:
        header = read_header(file, long_elements_limit_bytes=_WAVEFORM_LIMIT_BYTES)
        return CachedPicture(png=_part(header, request))
    except DicomKitError as error:
        return CachedPicture(problem=str(error))


def _part(header: Part10Header, request: DocumentRequest) -> bytes:
    match request.part:
        case DocumentPart.REPORT:
            return json.dumps(asdict(read_report(header.dataset))).encode()
        case DocumentPart.WAVEFORM:
            return _waveform_body(header)
        case DocumentPart.SAMPLES:
            samples = read_samples(
                header.dataset,
                request.group_index,
                request.chunk_index,
                is_little_endian=header.syntax.little_endian,
            )
            return pack_samples(samples)


def _waveform_body(header: Part10Header) -> bytes:
    body = {
        "chunk_samples": CHUNK_SAMPLES,
        "groups": [asdict(group) for group in read_groups(header.dataset)],
        "annotations": [asdict(annotation) for annotation in read_annotations(header.dataset)],
    }
    return json.dumps(body).encode()

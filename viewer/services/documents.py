"""What the render processes do for documents: read what a reader waits for."""

from common.tasks import TaskName
from viewer.documents.reading import read_document_part
from viewer.documents.request import DocumentRequest
from viewer.services.decoding import decoded_picture, try_later
from viewer.tiles.cache import tile_cache


def read_requested_document(request: DocumentRequest) -> None:
    """Read a part of a document into the cache, unless it is there by now."""
    cache = tile_cache()
    if not cache.missing([request.cache_key()]):
        return
    # Frames count from 1: a document is never among the frames that were decoded.
    found = decoded_picture(request.sha256, 0, lambda file: read_document_part(file, request))
    if found is None:
        try_later(TaskName.READ_DOCUMENT, **request.as_task_arguments())
    else:
        cache.put(request.cache_key(), found)

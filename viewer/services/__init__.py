"""What the viewer does: workers render pictures, readers leave annotations."""

from viewer.services.annotations import AnnotationContent, SavedAnnotation, delete_annotation, save_annotation
from viewer.services.documents import read_requested_document
from viewer.services.evidence import StoredEvidence, store_evidence
from viewer.services.key_images import mark_key_image, unmark_key_image
from viewer.services.rendering import (
    marks_key,
    measure_requested_region,
    render_ahead,
    render_frame_marks,
    render_requested_region,
    render_requested_tile,
    render_series_thumbnail,
    thumbnail_key,
    warm_images,
    warm_series,
    warm_stack,
)
from viewer.services.slides import render_requested_slide

__all__ = [
    "AnnotationContent",
    "SavedAnnotation",
    "StoredEvidence",
    "delete_annotation",
    "mark_key_image",
    "marks_key",
    "measure_requested_region",
    "read_requested_document",
    "render_ahead",
    "render_frame_marks",
    "render_requested_region",
    "render_requested_slide",
    "render_requested_tile",
    "render_series_thumbnail",
    "save_annotation",
    "store_evidence",
    "thumbnail_key",
    "unmark_key_image",
    "warm_images",
    "warm_series",
    "warm_stack",
]

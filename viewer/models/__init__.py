from viewer.models.annotation import Annotation, AnnotationRevision, RevisionRelease
from viewer.models.evidence import Evidence, EvidenceKind
from viewer.models.hanging_protocol import HangingProtocol
from viewer.models.key_image import KeyImage
from viewer.models.preferences import ViewerPreferences

__all__ = [
    "Annotation",
    "AnnotationRevision",
    "Evidence",
    "EvidenceKind",
    "HangingProtocol",
    "KeyImage",
    "RevisionRelease",
    "ViewerPreferences",
]

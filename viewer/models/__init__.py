from viewer.models.annotation import Annotation, AnnotationRevision
from viewer.models.key_image import KeyImage

__all__ = ["Annotation", "AnnotationRevision", "KeyImage"]

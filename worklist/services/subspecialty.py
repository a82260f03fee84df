"""Which readers a study is for, by what was imaged and how."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from archive.models import Study
from dicomkit.body_regions import regions_of_parts, regions_of_words

# The first that fits, from the narrow to the wide.
_BY_MODALITY: tuple[tuple[str, frozenset[str]], ...] = (
    ("breast", frozenset({"MG"})),
    ("nuclear", frozenset({"NM", "PT"})),
    ("interventional", frozenset({"XA"})),
    ("dental", frozenset({"IO", "PX"})),
    ("pathology", frozenset({"SM"})),
)
_BY_REGION: tuple[tuple[str, frozenset[str]], ...] = (
    ("breast", frozenset({"breast"})),
    ("cardiac", frozenset({"heart"})),
    ("neuro", frozenset({"head", "neck", "cervical spine", "thoracic spine", "lumbar spine", "spine"})),
    ("chest", frozenset({"chest"})),
    ("abdomen", frozenset({"abdomen", "pelvis"})),
    (
        "musculoskeletal",
        frozenset({"shoulder", "elbow", "forearm", "hand", "thigh", "hip", "knee", "lower leg", "foot"}),
    ),
)
SUBSPECIALTIES: dict[str, str | Promise] = {
    "abdomen": _("Abdomen"),
    "breast": _("Breast"),
    "cardiac": _("Heart"),
    "chest": _("Chest"),
    "dental": _("Dental"),
    "interventional": _("Intervention"),
    "musculoskeletal": _("Bones and joints"),
    "neuro": _("Head and spine"),
    "nuclear": _("Nuclear medicine"),
    "pathology": _("Pathology"),
}


def subspecialty_of(study: Study) -> str:
    """Return the code of the subspecialty that a study falls to; empty where nothing tells."""
    modalities = set(study.modalities_in_study.split("\\"))
    for code, wanted in _BY_MODALITY:
        if modalities & wanted:
            return code
    regions = regions_of_parts(study.body_parts_examined.split("\\")) or regions_of_words(
        study.study_description.lower().split()
    )
    return next((code for code, wanted in _BY_REGION if regions & wanted), "")

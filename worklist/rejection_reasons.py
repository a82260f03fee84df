"""The coded reasons of rejections in the reader's language; what DICOM says stays English in the note."""

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dicomkit.rejection import QUALITY_REASONS, TITLES

LABELS: dict[str, Promise] = {
    "113001": _("Rejected for quality reasons"),
    "113037": _("Rejected for patient safety reasons"),
    "113038": _("Wrong entry of the modality worklist"),
    "113039": _("Retention period is over"),
    "111207": _("Image artifacts"),
    "111208": _("Grid artifacts"),
    "111209": _("Positioning"),
    "111210": _("Motion blur"),
    "111211": _("Under exposed"),
    "111212": _("Over exposed"),
    "111213": _("No image"),
    "111214": _("Detector artifacts"),
    "111215": _("Other artifacts"),
    "111216": _("Mechanical failure"),
    "111217": _("Electrical failure"),
    "111218": _("Software failure"),
    "111219": _("Wrong image processing"),
    "111220": _("Other failure"),
    "111221": _("Unknown failure"),
    "113026": _("Double exposure"),
}


def label_of(code: str) -> str:
    """Return what a reason is called; one that nobody here knows is called by its code."""
    return str(LABELS.get(code, code))


def grouped_reasons() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the reasons to choose from, grouped: what was wrong with the quality, and the rest."""
    quality = [(code, label_of(code)) for code in QUALITY_REASONS]
    others = [(code, label_of(code)) for code in TITLES]
    return [(gettext("Quality"), quality), (gettext("Other reasons"), others)]

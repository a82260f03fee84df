"""What the modality values are measured in.

References
----------
PS3.3 C.11.1.1.2 (Rescale Type), C.8.2.1.1.2 (CT), C.8.9.1.1.3 (PET Units), C.8.9.1 (SUV Type).
"""

from pydicom.dataset import Dataset

from dicomkit.functional_groups import functional_group
from dicomkit.pet_frame import PETFrame

_CT_CLASSES = frozenset(
    {"1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.2.1", "1.2.840.10008.5.1.4.1.1.2.2"}
)

# What is not named here cannot be promised: many devices write proportional counts.
_PET_UNITS = {"BQML": "Bq/ml", "CNTS": "counts"}
_SUV_UNITS = frozenset({"GML", "CM2ML"})
_SUV_TYPES = {"": "SUV", "BW": "SUV", "BSA": "SUV bsa", "IBW": "SUV ibw"}


def value_units(dataset: Dataset, *, frame_index: int = 0) -> str:
    """Return "HU", "SUV" (by body weight), "SUV lbm", "SUV bsa", "SUV ibw", "Bq/ml", "counts" or "" (none is promised).

    A CT without a Rescale Type is in Hounsfield units, except a localizer, whose values often are not.
    """
    group = functional_group(dataset, "PixelValueTransformationSequence", frame_index=frame_index)
    source = group if group is not None else dataset
    rescale_type = str(source.get("RescaleType") or "").strip().upper()
    if rescale_type in ("HU", "HU_MOD"):
        return "HU"
    frame = PETFrame(dataset, frame_index)
    units = frame.text("Units")
    if units in _SUV_UNITS:
        return _SUV_TYPES.get(frame.text("SUVType"), "SUV lbm")
    if units in _PET_UNITS:
        return _PET_UNITS[units]
    if rescale_type or dataset.get("RescaleIntercept") is None:
        return ""
    is_ct = str(dataset.get("SOPClassUID") or "") in _CT_CLASSES or dataset.get("Modality") == "CT"
    image_type = dataset.get("ImageType") or []
    is_localizer = not isinstance(image_type, str) and "LOCALIZER" in list(image_type)
    return "HU" if is_ct and not is_localizer else ""

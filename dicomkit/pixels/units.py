"""What the modality values are measured in.

References
----------
PS3.3 C.11.1.1.2 (Rescale Type), C.8.2.1.1.2 (CT), C.8.9.1.1.3 (PET Units).
"""

from pydicom.dataset import Dataset

from dicomkit.functional_groups import functional_group

_CT_CLASSES = frozenset(
    {"1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.2.1", "1.2.840.10008.5.1.4.1.1.2.2"}
)


def value_units(dataset: Dataset, *, frame_index: int = 0) -> str:
    """Return "HU", "SUV" or "" (no unit that can be promised).

    A CT without a Rescale Type is in Hounsfield units, except a localizer, whose values often are not.
    """
    group = functional_group(dataset, "PixelValueTransformationSequence", frame_index=frame_index)
    source = group if group is not None else dataset
    rescale_type = str(source.get("RescaleType") or "").strip().upper()
    if rescale_type in ("HU", "HU_MOD"):
        return "HU"
    if str(dataset.get("Units") or "").strip() == "GML":
        return "SUV"
    if rescale_type or dataset.get("RescaleIntercept") is None:
        return ""
    is_ct = str(dataset.get("SOPClassUID") or "") in _CT_CLASSES or dataset.get("Modality") == "CT"
    image_type = dataset.get("ImageType") or []
    is_localizer = not isinstance(image_type, str) and "LOCALIZER" in list(image_type)
    return "HU" if is_ct and not is_localizer else ""

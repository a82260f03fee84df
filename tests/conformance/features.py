"""Name what an image asks of a renderer, from its header."""

from pydicom.dataset import Dataset

from dicomkit.mosaic import read_mosaic
from dicomkit.pixels.colour_profile import read_colour_profile
from dicomkit.pixels.pixel_format import PixelFormat
from dicomkit.slide import is_slide
from dicomkit.transfer_syntax import TransferSyntax


def features_of(dataset: Dataset, layout: PixelFormat, syntax: TransferSyntax) -> str:
    """Return the features of an image, separated by commas: its encoding first, then what changes its values."""
    depth = "float" if layout.is_float else f"{layout.bits_stored} bit{' signed' if layout.is_signed else ''}"
    marks = {
        "whole slide": is_slide(dataset),
        "mosaic": read_mosaic(dataset) is not None,
        "multi-frame": layout.number_of_frames > 1,
        "functional groups": "SharedFunctionalGroupsSequence" in dataset,
        "Modality LUT Sequence": "ModalityLUTSequence" in dataset,
        "Rescale": _is_rescaled(dataset),
        "Dose Grid Scaling": "DoseGridScaling" in dataset,
        "VOI LUT Sequence": "VOILUTSequence" in dataset,
        str(dataset.get("VOILUTFunction") or ""): "VOILUTFunction" in dataset,
        "several windows": dataset.get("WindowWidth") is not None and _count(dataset.WindowWidth) > 1,
        f"Presentation LUT Shape {dataset.get('PresentationLUTShape')}": "PresentationLUTShape" in dataset,
        "supplemental palette": layout.first_coloured is not None,
        "ICC profile": read_colour_profile(dataset) is not None and layout.is_colour,
        "padding": "PixelPaddingValue" in dataset,
        "planar": layout.is_planar,
    }
    return ", ".join(
        [
            syntax.name,
            layout.photometric_interpretation,
            depth,
            *(mark for mark, is_set in marks.items() if is_set),
        ]
    )


def _is_rescaled(dataset: Dataset) -> bool:
    slope, intercept = dataset.get("RescaleSlope"), dataset.get("RescaleIntercept")
    return (slope is not None and slope != 1) or bool(intercept)


def _count(value: object) -> int:
    return len(value) if isinstance(value, (list, tuple)) or hasattr(value, "__len__") else 1

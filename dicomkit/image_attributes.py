"""What a viewer needs to know of every frame before it has a pixel, from the header alone, as JSON-able values.

Computed once when an object arrives and stored; `frame_attributes` expands one frame of it. What is the same for all
frames is written once, so that an enhanced object of a thousand frames stays small.

References
----------
PS3.3 C.7.6.1 to C.7.6.3, C.7.6.16 (image modules, functional groups), C.11 (look-up tables), 10.7 (spacing).
"""

import math
from typing import Any

from pydicom.dataset import Dataset

from dicomkit.anatomic_region import read_anatomic_region
from dicomkit.calibration import read_calibration, read_pixel_aspect_ratio
from dicomkit.errors import DicomKitError
from dicomkit.frame_order import frame_order
from dicomkit.functional_groups import first_item, functional_group
from dicomkit.geometry import patient_orientation, read_image_plane
from dicomkit.malformed import refuse_malformed_values
from dicomkit.mosaic import is_mosaic, mosaic_note, read_mosaic, sliced_format
from dicomkit.pixels.modality_lut import read_modality_transform
from dicomkit.pixels.numbers import first_float, first_int
from dicomkit.pixels.overlays import overlay_titles
from dicomkit.pixels.packing import packing_of
from dicomkit.pixels.photometric import is_inverse
from dicomkit.pixels.pixel_format import PixelFormat, read_pixel_format
from dicomkit.pixels.shutter import read_shutter
from dicomkit.pixels.units import value_units
from dicomkit.pixels.voi_lut import VOI, VOIWindow, read_vois
from dicomkit.slide import read_slide, slide_attributes
from dicomkit.suv import SUVFactor, body_weight_suv, is_pet_image
from dicomkit.tiles import level_count
from dicomkit.ultrasound_region import read_ultrasound_regions, region_attributes
from dicomkit.volume_groups import read_phase

JSONObject = dict[str, Any]

_FLOAT_PIXEL_DATA, _DOUBLE_FLOAT_PIXEL_DATA, _PIXEL_DATA = 0x7FE00008, 0x7FE00009, 0x7FE00010
_MAX_FRAMES_WITH_OVERRIDES = 20_000

# The view codes of a mammogram (PS3.16 CID 4014), as they are written on the film.
_MAMMOGRAPHY_VIEWS = {
    "R-10242": "CC",
    "399162004": "CC",
    "R-10226": "MLO",
    "399368009": "MLO",
    "R-10224": "ML",
    "399260004": "ML",
    "R-10228": "LM",
    "399352003": "LM",
}


# What an image with a damaged header is described by: the shape of the answer, and nothing in it.
_UNKNOWN: JSONObject = {
    "rows": 0,
    "columns": 0,
    "levels": 0,
    "kind": "grey",
    "inverse": False,
    "ultrasound_regions": [],
    "frame_of_reference_uid": "",
    "view_position": "",
    "anatomic_region": "",
    "frame_time_ms": None,
    "lossy": "",
    "overlays": [],
    "shutter_grey": None,
    "title": "",
    "packing": None,
    "value_units": "",
    "voi": [],
    "pixel_spacing_mm": None,
    "spacing_source": "none",
    "magnification": 1.0,
    "pixel_aspect_ratio": [1.0, 1.0],
    "image_position_patient": None,
    "image_orientation_patient": None,
    "patient_orientation": None,
    "laterality": "",
    "slice_location_mm": None,
    "slice_thickness_mm": None,
    "phase": {},
}


def display_attributes(dataset: Dataset) -> JSONObject:
    """Return the display attributes of an image, never an error: what cannot be shown says so in "problem".

    Parameters
    ----------
    dataset
        Header of an image, without its pixel data. Cost: well under a millisecond for a CT.

    Returns
    -------
    "number_of_frames", "shared" (the attributes of the first frame) and "frames": for objects whose frames differ, one
    object per frame with only what differs from "shared", else an empty list. "frame_order": the frames in reading
    order, see `dicomkit.frame_order`; absent or empty for the order of the file. The keys of "shared":

    - "rows", "columns", "levels" (of the pyramid), "kind" ("grey" or "colour"), "problem" (text or "")
    - "packing": {"scale", "offset"} of 16-bit tiles, or null: only 8-bit tiles exist. With slope and intercept of the
      rescale, scale = slope and offset = intercept + slope * minimum, where minimum is 0 for unsigned and -32768 for
      signed pixels (packed value = stored value - minimum). With a Modality LUT Sequence scale is 1, offset 0.
    - "value_units", "voi" (windows first; a table has only "label" and "is_lut"), "inverse"
    - "pixel_spacing_mm" ([down, across] or null), "spacing_source", "magnification", "pixel_aspect_ratio",
      "ultrasound_regions" (see `ultrasound_region.region_attributes`)
    - "image_position_patient", "image_orientation_patient", "patient_orientation", "frame_of_reference_uid"
    - "overlays" (what the overlay planes are called), "shutter_grey" (0 to 255, or null without a shutter)
    - "anatomic_region" (a term of Body Part Examined, from its code, or "")
    - "laterality", "view_position", "slice_location_mm", "slice_thickness_mm", "frame_time_ms", "lossy"
    - "title": what a reader must know of how the object is shown, or ""
    - "phase" (what tells images at one place apart, see `volume_groups.read_phase`)
    - of a part of a whole slide only: "slide", see `dicomkit.slide.slide_attributes`; its frames are not told apart
    - of a PET image only: "suv_factor" (SUV by body weight = modality value * factor, or null), "suv_problem" (why there
      is no factor, or "")
    """
    try:
        with refuse_malformed_values():
            plain: JSONObject = _storable(_display_attributes(dataset))
            return plain
    except DicomKitError as error:
        return {"number_of_frames": 1, "shared": _UNKNOWN | {"problem": str(error)}, "frames": []}


def _storable(value: Any) -> Any:
    """Return a value as every database and browser takes it: no NUL in a text, no number that is none."""
    match value:
        case str():
            return value.replace("\0", " ")
        case float():
            return value if math.isfinite(value) else None
        case dict():
            return {key: _storable(item) for key, item in value.items()}
        case list():
            return [_storable(item) for item in value]
        case _:
            return value


def _display_attributes(dataset: Dataset) -> JSONObject:
    layout, problem = _layout(dataset)
    shared = _object_attributes(dataset, layout) | {"problem": problem}
    shared |= _frame_attributes(dataset, layout, 0)
    count = layout.number_of_frames if layout else max(1, first_int(dataset.get("NumberOfFrames"), default=1))
    slide = read_slide(dataset)
    if slide is not None:
        shared["slide"] = slide_attributes(slide)
        return {"number_of_frames": count, "shared": shared, "frames": []}
    return {
        "number_of_frames": count,
        "shared": shared,
        "frames": _overrides(dataset, layout, count, shared),
        "frame_order": frame_order(dataset, count),
    }


def frame_attributes(attributes: JSONObject, frame_index: int) -> JSONObject:
    """Return all attributes of one frame out of what `display_attributes` returned.

    Parameters
    ----------
    attributes
        Also after a round trip through JSON.
    frame_index
        0-based.
    """
    frames = attributes["frames"]
    own = frames[frame_index] if frame_index < len(frames) else {}
    return {**attributes["shared"], **own}


def _layout(dataset: Dataset) -> tuple[PixelFormat | None, str]:
    try:
        layout = read_pixel_format(dataset, pixel_data_tag=_pixel_data_tag(dataset))
        return sliced_format(layout, read_mosaic(dataset)), ""
    except DicomKitError as error:
        return None, str(error)


def _pixel_data_tag(dataset: Dataset) -> int:
    """Tell float pixel data from the header: its module has neither Bits Stored nor Pixel Representation."""
    if "BitsStored" in dataset or "PixelRepresentation" in dataset:
        return _PIXEL_DATA
    bits = first_int(dataset.get("BitsAllocated"), default=0)
    return {32: _FLOAT_PIXEL_DATA, 64: _DOUBLE_FLOAT_PIXEL_DATA}.get(bits, _PIXEL_DATA)


def _object_attributes(dataset: Dataset, layout: PixelFormat | None) -> JSONObject:
    """Return what cannot differ between the frames of an object."""
    rows = layout.rows if layout else max(0, first_int(dataset.get("Rows"), default=0))
    columns = layout.columns if layout else max(0, first_int(dataset.get("Columns"), default=0))
    photometric = layout.photometric_interpretation if layout else ""
    shape = str(dataset.get("PresentationLUTShape") or "")
    return {
        "rows": rows,
        "columns": columns,
        "levels": level_count(rows, columns) if rows and columns else 0,
        "kind": "colour" if layout and layout.is_colour else "grey",
        "inverse": is_inverse(photometric, presentation_lut_shape=shape),
        "ultrasound_regions": [region_attributes(region) for region in read_ultrasound_regions(dataset)],
        "frame_of_reference_uid": str(dataset.get("FrameOfReferenceUID") or ""),
        "view_position": _view_position(dataset),
        "anatomic_region": read_anatomic_region(dataset),
        "frame_time_ms": _frame_time_ms(dataset),
        "lossy": lossy_text(dataset),
        "title": mosaic_note(dataset),
    }


def _frame_attributes(dataset: Dataset, layout: PixelFormat | None, frame_index: int) -> JSONObject:
    """Return what functional groups may give each frame by itself."""
    plane = read_image_plane(dataset, frame_index=frame_index)
    calibration = read_calibration(dataset, frame_index=frame_index)
    orientation = patient_orientation(dataset, plane=plane)
    is_grey = layout is not None and not layout.is_colour
    shutter = read_shutter(dataset, frame_index=frame_index)
    return {
        "overlays": list(overlay_titles(dataset, frame_index=frame_index)),
        "shutter_grey": shutter.grey if shutter else None,
        "packing": _packing(dataset, layout, frame_index),
        "value_units": value_units(dataset, frame_index=frame_index) if is_grey else "",
        "voi": [_voi(voi) for voi in read_vois(dataset, frame_index=frame_index)] if is_grey else [],
        "pixel_spacing_mm": list(calibration.spacing_mm) if calibration.spacing_mm else None,
        "spacing_source": calibration.source.value,
        "magnification": calibration.magnification,
        "pixel_aspect_ratio": list(read_pixel_aspect_ratio(dataset, calibration=calibration)),
        "image_position_patient": list(plane.position) if plane else None,
        "image_orientation_patient": [*plane.row_direction, *plane.column_direction] if plane else None,
        "patient_orientation": list(orientation) if orientation else None,
        "laterality": _laterality(dataset, frame_index),
        "slice_location_mm": _slice_location(dataset, plane.slice_position_mm if plane else None),
        "slice_thickness_mm": _slice_thickness(dataset, frame_index),
        **(_suv(dataset, frame_index) if is_grey and is_pet_image(dataset) else {}),
        "phase": read_phase(dataset, frame_index=frame_index),
    }


def _suv(dataset: Dataset, frame_index: int) -> JSONObject:
    suv = body_weight_suv(dataset, frame_index=frame_index)
    if isinstance(suv, SUVFactor):
        return {"suv_factor": suv.value, "suv_problem": ""}
    return {"suv_factor": None, "suv_problem": suv.reason}


def _overrides(
    dataset: Dataset, layout: PixelFormat | None, count: int, shared: JSONObject
) -> list[JSONObject]:
    has_groups = bool(dataset.get("PerFrameFunctionalGroupsSequence"))
    is_stack = has_groups or is_mosaic(dataset) or dataset.get("GridFrameOffsetVector") is not None
    if count < 2 or not is_stack:
        return []
    frames = []
    for frame_index in range(min(count, _MAX_FRAMES_WITH_OVERRIDES)):
        own = _frame_attributes(dataset, layout, frame_index)
        frames.append({key: value for key, value in own.items() if value != shared[key]})
    return frames if any(frames) else []


def _packing(dataset: Dataset, layout: PixelFormat | None, frame_index: int) -> JSONObject | None:
    if layout is None:
        return None
    try:
        packing = packing_of(layout, modality=read_modality_transform(dataset, frame_index=frame_index))
    except DicomKitError:
        return None
    return {"scale": packing.scale, "offset": packing.offset} if packing else None


def _voi(voi: VOI) -> JSONObject:
    if isinstance(voi, VOIWindow):
        return {
            "label": voi.label,
            "window_center": voi.center,
            "window_width": voi.width,
            "function": voi.function.value,
        }
    return {"label": voi.label, "is_lut": True}


def _laterality(dataset: Dataset, frame_index: int) -> str:
    group = functional_group(dataset, "FrameAnatomySequence", frame_index=frame_index)
    candidates = (
        group.get("FrameLaterality") if group is not None else None,
        dataset.get("ImageLaterality"),
        dataset.get("Laterality"),
    )
    return next((text for value in candidates if (text := str(value or "").strip())), "")


def _view_position(dataset: Dataset) -> str:
    text = str(dataset.get("ViewPosition") or "").strip()
    if text:
        return text
    code = first_item(dataset, "ViewCodeSequence")
    if code is None:
        return ""
    value = str(code.get("CodeValue") or "")
    return _MAMMOGRAPHY_VIEWS.get(value, str(code.get("CodeMeaning") or "").strip())


def _slice_location(dataset: Dataset, computed_mm: float | None) -> float | None:
    # The console's own number first: it is what people quote to each other.
    written = None if is_mosaic(dataset) else first_float(dataset.get("SliceLocation"))
    return written if written is not None else computed_mm


def _slice_thickness(dataset: Dataset, frame_index: int) -> float | None:
    group = functional_group(dataset, "PixelMeasuresSequence", frame_index=frame_index)
    return first_float((group if group is not None else dataset).get("SliceThickness"))


def _frame_time_ms(dataset: Dataset) -> float | None:
    """Return the time between frames of a cine, from Frame Time or from one of the rates."""
    frame_time = first_float(dataset.get("FrameTime"))
    if frame_time and frame_time > 0:
        return frame_time
    for keyword in ("CineRate", "RecommendedDisplayFrameRate"):
        rate = first_float(dataset.get(keyword))
        if rate and rate > 0:
            return 1000.0 / rate
    return None


def lossy_text(dataset: Dataset) -> str:
    """Return "lossy", with the ratio where it is written ("lossy 12:1"), or "" for an image that lost nothing.

    References
    ----------
    PS3.3 C.7.6.1.1.5 (Lossy Image Compression).
    """
    if str(dataset.get("LossyImageCompression") or "").strip() != "01":
        return ""
    ratio = first_float(dataset.get("LossyImageCompressionRatio"))
    return f"lossy {ratio:.3g}:1" if ratio and ratio > 1 else "lossy"

"""A volume and its planes as JSON: what the front end needs before it has a pixel of them."""

from typing import Any

from django.urls import reverse

from dicomkit.geometry import orientation_letters
from dicomkit.reformat import PlaneName, PlaneStack
from dicomkit.tiles import level_count
from dicomkit.volume_findings import Finding
from viewer.volumes.request import (
    MOST_OBLIQUE_PIXELS,
    MOST_PROJECTED_POINTS,
    MOST_PROJECTION_MM,
    MOST_SLAB_MM,
)
from viewer.volumes.series import SeriesVolume, content_tag

JSONObject = dict[str, Any]


def volume_body(volume: SeriesVolume, *, series_instance_uid: str, damaged: int) -> JSONObject:
    """Return the body of volume.json.

    Parameters
    ----------
    damaged
        How many slices are known not to be decodable.
    """
    shown = _shown(volume)
    return {
        "volume": _geometry(volume) | shown | {"findings": _findings(volume, damaged)},
        "planes": {
            str(name): _stack(stack)
            | shown
            | {"tile_url": _tile_url(series_instance_uid, name) + _address_query(volume)}
            for name, stack in volume.planes.items()
        },
        "oblique": {
            "tile_url": _oblique_url(series_instance_uid) + _address_query(volume),
            "most_pixels": MOST_OBLIQUE_PIXELS,
            "most_projection_mm": MOST_PROJECTION_MM,
            "most_projected_points": MOST_PROJECTED_POINTS,
        },
        "block_url": _block_url(series_instance_uid) + _address_query(volume),
        "most_slab_mm": MOST_SLAB_MM,
        "groups": [{"number": number, "label": label} for number, label in enumerate(volume.groups)],
        "group": volume.group,
    }


def _geometry(volume: SeriesVolume) -> JSONObject:
    geometry = volume.geometry
    return {
        "content": volume.content,
        "slices": geometry.slices,
        "rows": geometry.rows,
        "columns": geometry.columns,
        "pixel_spacing_mm": list(geometry.spacing_mm),
        "slice_spacing_mm": geometry.slice_spacing_mm,
        "gantry_tilt_degrees": geometry.tilt_degrees,
        "image_position_patient": list(geometry.plane.position),
        "image_orientation_patient": [*geometry.plane.row_direction, *geometry.plane.column_direction],
        "frame_of_reference_uid": geometry.frame_of_reference_uid,
        "centre_patient": geometry.corners_patient.mean(axis=0).tolist(),
    }


def _shown(volume: SeriesVolume) -> JSONObject:
    """Return how values are shown, in the words of an image of the manifest."""
    is_pet = volume.suv_problem is not None
    suv = {"suv_factor": volume.suv_factor, "suv_problem": volume.suv_problem} if is_pet else {}
    return suv | {
        "kind": "grey",
        "packing": {"scale": volume.packing.scale, "offset": volume.packing.offset},
        "value_units": volume.value_units,
        "voi": [
            {
                "label": voi.label,
                "window_center": voi.center,
                "window_width": voi.width,
                "function": voi.function.value,
            }
            for voi in volume.vois
        ],
        "inverse": volume.is_inverse,
        "frame_of_reference_uid": volume.geometry.frame_of_reference_uid,
    }


def _stack(stack: PlaneStack) -> JSONObject:
    first, plane = stack.first, stack.first.plane
    down, across = first.spacing_mm
    return {
        "count": stack.count,
        "step_mm": stack.step_mm,
        "step_patient": list(stack.step),
        "first_index": stack.count // 2,
        "is_acquired": stack.is_acquired,
        "rows": first.rows,
        "columns": first.columns,
        "levels": level_count(first.rows, first.columns),
        "pixel_spacing_mm": [down, across],
        "spacing_source": "patient",
        "pixel_aspect_ratio": [1.0, 1.0],
        "image_position_patient": list(plane.position),
        "image_orientation_patient": [*plane.row_direction, *plane.column_direction],
        "patient_orientation": [
            orientation_letters(plane.row_direction),
            orientation_letters(plane.column_direction),
        ],
    }


def _findings(volume: SeriesVolume, damaged: int) -> list[JSONObject]:
    found = [_finding(finding) for finding in volume.findings]
    if damaged:
        images = "One image" if damaged == 1 else f"{damaged} images"
        text = f"{images} cannot be decoded and {'stays' if damaged == 1 else 'stay'} black."
        found.append({"kind": "damaged", "text": text, "count": damaged})
    return found


def _finding(finding: Finding) -> JSONObject:
    measured = {"count": finding.count or None, "size_mm": finding.size_mm, "degrees": finding.degrees}
    return {"kind": str(finding.kind), "text": finding.text} | {
        key: value for key, value in measured.items() if value is not None
    }


def _address_query(volume: SeriesVolume) -> str:
    group = f"&group={volume.group}" if volume.group else ""
    return f"?of={content_tag(volume.content)}{group}"


def _tile_url(series_instance_uid: str, name: PlaneName) -> str:
    made = reverse("viewer:plane", args=[series_instance_uid, name, 0, 0, 0, 0])
    return made.removesuffix("0/0/0/0.png") + "{index}/{level}/{column}/{row}.png"


def _oblique_url(series_instance_uid: str) -> str:
    made = reverse("viewer:oblique_plane", args=[series_instance_uid, 0, 0, 0])
    return made.removesuffix("0/0/0.png") + "{level}/{column}/{row}.png"


def _block_url(series_instance_uid: str) -> str:
    return reverse("viewer:volume_block", args=[series_instance_uid])

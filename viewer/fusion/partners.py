"""Which series can be laid over another: those of the same patient and Frame of Reference that form a volume.

References
----------
PS3.3 C.7.4.1 (Frame of Reference).
"""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils.translation import gettext

from accounts.models import User
from archive.models import Instance, Series
from archive.selectors import series_of_patient
from dicomkit.errors import NotAVolumeError
from dicomkit.image_attributes import frame_attributes
from viewer.fusion.render import uptake_window
from viewer.fusion.request import DEFAULT_OPACITY_PERCENT
from viewer.palettes import palettes_body
from viewer.volumes.series import SeriesVolume, content_of, content_tag, series_volume

JSONObject = dict[str, Any]

LAID_OVER = ("PT", "NM")
"""Modalities that show function, and are laid over those that show anatomy."""

_LAID_UNDER = ("CT", "MR")
_MOST_SERIES = 20


@dataclass(frozen=True, slots=True)
class _Candidate:
    series: Series
    frame_of_reference_uid: str


def fusion_body(series: Series, user: User | AnonymousUser) -> JSONObject:
    """Return what can be laid over a series, and in which colours; ``problem`` says why nothing can.

    Parameters
    ----------
    series
        With its study; the caller has checked that the user may see it. Of other studies only those that the user may
        see are named.
    """
    partners, problem = _partners(series, user)
    return {
        "problem": problem,
        "partners": partners,
        "opacity_percent": DEFAULT_OPACITY_PERCENT,
        "palettes": palettes_body(),
    }


def frame_of_reference_of(series: Series) -> str:
    """Return the Frame of Reference UID of the first image of a series, or ""."""
    attributes = (
        Instance.objects.filter(series=series, image_attributes__isnull=False)
        .order_by("instance_number", "pk")
        .values_list("image_attributes", flat=True)
        .first()
    )
    return str(frame_attributes(attributes, 0)["frame_of_reference_uid"]) if attributes else ""


def _partners(series: Series, user: User | AnonymousUser) -> tuple[list[JSONObject], str]:
    if series.modality in LAID_OVER:
        return [], gettext("Fusion starts from the CT or MR: show that series, and this one is laid over it.")
    if series.modality not in _LAID_UNDER:
        return [], gettext("Only over a CT or MR a PET can be laid.")
    place = frame_of_reference_of(series)
    if not place:
        return (
            [],
            gettext(
                "The images do not say in which frame of reference they lie, so nothing can be laid over them."
            ),
        )
    others = list(series_of_patient(user, series.study, modalities=LAID_OVER)[:_MOST_SERIES])
    if not others:
        return [], gettext("There is no PET of this patient.")
    candidates = [_Candidate(other, frame_of_reference_of(other)) for other in others]
    fitting = [one.series for one in candidates if one.frame_of_reference_uid == place]
    if not fitting:
        return [], gettext("The PET lies in another frame of reference (the patient was positioned anew).")
    bodies, problems = [], []
    for other in fitting:
        try:
            bodies.append(_body(series, other))
        except NotAVolumeError as error:
            problems.append(gettext(str(error)))
    return bodies, "" if bodies else problems[0]


def _body(series: Series, other: Series) -> JSONObject:
    content = content_of(other.series_instance_uid)
    volume = series_volume(other.series_instance_uid, content=content)
    if volume is None:
        raise NotAVolumeError("The PET is changing at this moment.")
    return _described(series, other, volume) | {
        "image_tile_url": f"{_image_url(other)}?over={content_tag(content)}",
        "plane_tile_url": f"{_plane_url(series, other)}?over={content_tag(content)}",
    }


def _described(series: Series, other: Series, volume: SeriesVolume) -> JSONObject:
    study_date = other.study.study_date
    window = uptake_window(volume)
    return {
        "study_instance_uid": other.study.study_instance_uid,
        "series_instance_uid": other.series_instance_uid,
        "series_number": other.series_number,
        "series_description": other.series_description,
        "modality": other.modality,
        "study_date": study_date.isoformat() if study_date and other.study_id != series.study_id else None,
        "frame_of_reference_uid": volume.geometry.frame_of_reference_uid,
        "packing": {"scale": volume.packing.scale, "offset": volume.packing.offset},
        "value_units": volume.value_units,
        "suv_factor": volume.suv_factor,
        "suv_problem": volume.suv_problem or "",
        "findings": [finding.text for finding in volume.findings],
        "default_window": {
            "window_center": window.center,
            "window_width": window.width,
            "function": window.function.value,
        }
        if window
        else None,
    }


def _image_url(other: Series) -> str:
    made = reverse("viewer:fused_image", args=[other.series_instance_uid, "0.0", 1, 0, 0, 0])
    return made.removesuffix("0.0/1/0/0/0.png") + (
        "{sop_instance_uid}/{frame_number}/{level}/{column}/{row}.png"
    )


def _plane_url(series: Series, other: Series) -> str:
    made = reverse(
        "viewer:fused_plane",
        args=[other.series_instance_uid, series.series_instance_uid, "axial", 0, 0, 0, 0],
    )
    return made.removesuffix("axial/0/0/0/0.png") + "{name}/{index}/{level}/{column}/{row}.png"

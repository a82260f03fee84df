"""Measurements of other systems: what the structured reports of a study say of its images and of places in the patient.

Each is read once.
"""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.utils import timezone

from archive.exceptions import BlobNotFoundError
from archive.models import Instance, Study
from archive.selectors import instances_of_classes
from dicomkit.errors import DicomKitError
from dicomkit.sr.reading import MEASUREMENT_REPORT_CLASSES, ReadReport, read_measurements
from dicomkit.temporal import parse_date, parse_time
from viewer.foreign_places import placed_markings
from viewer.models import Evidence
from viewer.presentations import read_stored_header

JSONObject = dict[str, Any]

# The newest reports are what a reader wants to see.
_MOST_REPORTS = 50
_MOST_MARKINGS = 5000
# Part of the key of what was read: counted up whenever the same report is read another way.
_READER_VERSION = 3
_OF_A_MARKING = {
    "kind",
    "series_instance_uid",
    "sop_instance_uid",
    "frame_number",
    "plane",
    "points",
    "text",
}
_REMEMBERED_SECONDS = 7 * 24 * 3600


def read_only_annotations(study: Study) -> list[JSONObject]:
    """Return the measurements in reports of others as annotations that nobody changes here.

    Our own reports are left out, because their annotations are here themselves; so are those that a later one takes
    the place of.
    """
    ours = set(Evidence.objects.filter(study=study).values_list("sop_instance_uid", flat=True))
    instances = [
        one
        for one in instances_of_classes(study, MEASUREMENT_REPORT_CLASSES)[:_MOST_REPORTS]
        if one.sop_instance_uid not in ours
    ]
    reports = [(one, _read(one)) for one in instances]
    superseded = {uid for _, report in reports for uid in report["predecessors"]}
    current = [(one, report) for one, report in reports if one.sop_instance_uid not in superseded]
    bodies = [body for one, report in current for body in _bodies(one, report, report["markings"])]
    series_of = _series_of(study, bodies)
    on_images = [
        body | {"series_instance_uid": series_of[body["sop_instance_uid"]]}
        for body in bodies
        if body["sop_instance_uid"] in series_of
    ]
    in_patient = [
        body
        for one, report in current
        if report["spatial"]
        for body in _bodies(one, report, placed_markings(study, one.blob.sha256, report["spatial"]), "place")
    ]
    return [*on_images, *in_patient][:_MOST_MARKINGS]


def _read(instance: Instance) -> JSONObject:
    """Return what a report says, from memory where it was read before; one that cannot be read says nothing."""
    key = f"sr:{_READER_VERSION}:{instance.blob.sha256}"
    known = cache.get(key)
    if known is None:
        try:
            report = read_measurements(read_stored_header(instance.blob.sha256).dataset)
        except (DicomKitError, BlobNotFoundError):
            report = ReadReport("", "", ("", ""), frozenset(), (), 0)
        known = json.dumps(asdict(report), default=sorted)
        cache.set(key, known, _REMEMBERED_SECONDS)
    found: JSONObject = json.loads(known)
    return found


def _bodies(
    instance: Instance, report: JSONObject, markings: list[JSONObject], name: str = ""
) -> list[JSONObject]:
    """Return markings as annotations; `name` keeps two lists of one report apart."""
    label = " · ".join(part for part in (report["title"], report["author"]) if part)
    return [
        {field: value for field, value in marking.items() if field in _OF_A_MARKING}
        | {
            "annotation_uid": f"{instance.sop_instance_uid}#{name}{number}",
            "length_mm": None,
            "revision": 1,
            "author": report["author"],
            "changed_at": _moment(report) or instance.received_at.isoformat(timespec="seconds"),
            "may_edit": False,
            "source": {"sop_instance_uid": instance.sop_instance_uid, "label": label},
        }
        for number, marking in enumerate(markings, start=1)
    ]


def _moment(report: JSONObject) -> str | None:
    day, moment = parse_date(report["created"][0]), parse_time(report["created"][1])
    if day is None or moment is None:
        return None
    made = datetime.combine(day, moment.replace(tzinfo=None, microsecond=0))
    return timezone.make_aware(made).isoformat()


def _series_of(study: Study, bodies: list[JSONObject]) -> dict[str, str]:
    """Return the series of those images that are of this study and are here."""
    uids = {body["sop_instance_uid"] for body in bodies}
    found = Instance.objects.filter(series__study=study, sop_instance_uid__in=uids, number_of_frames__gt=0)
    return dict(found.values_list("sop_instance_uid", "series__series_instance_uid"))

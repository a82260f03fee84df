"""Annotations as a browser sends them."""

import json
from typing import Any

from django.http import HttpResponse
from django.test import Client

from tests.dicom_samples import about, image

STUDY_UID = about(1).study_instance_uid
STUDY = f"/viewer/studies/{STUDY_UID}/"
SOP_UID = image().SOPInstanceUID
UID = "2.25.1001"

BODY: dict[str, Any] = {
    "kind": "length",
    "sop_instance_uid": SOP_UID,
    "frame_number": 1,
    "points": [[1.5, 2.5], [9.25, 11]],
    "text": "",
    "length_mm": None,
    "revision": 0,
}


def put(client: Client, uid: str = UID, *, study: str = STUDY, **changes: Any) -> HttpResponse:
    """Save an annotation; what is not named is as in `BODY`."""
    body = json.dumps(BODY | changes)
    return client.put(f"{study}annotations/{uid}", body, content_type="application/json")


def delete(client: Client, revision: int, uid: str = UID) -> HttpResponse:
    """Delete an annotation."""
    return client.delete(f"{STUDY}annotations/{uid}?revision={revision}")


def listed(client: Client) -> dict[str, Any]:
    """Return what a reader finds in the study."""
    found: dict[str, Any] = client.get(f"{STUDY}annotations.json").json()
    return found

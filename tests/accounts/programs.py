"""Programs that come with a token, where they go and what they are answered."""

import json
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from accounts.services.tokens import create_token
from audit.actors import Actor
from tests.dicom_samples import about, image, image_bytes

ADMIN = Actor.system("test")
STUDY = about(1).study_instance_uid
SOP = image(about(1)).SOPInstanceUID
SERIES = image(about(1)).SeriesInstanceUID
TILE = f"/viewer/tiles/{SOP}/1/0/0/0.png"
MANIFEST = f"/viewer/studies/{STUDY}/manifest.json"
WORKLIST = "/worklist/"
UPLOAD = "/archive/upload/files/"
FORGED = f"rr_{'0' * 12}_{'A' * 43}"


def program(secret: str, **options: Any) -> Client:
    """Return a client that sends the token, and no word about what it accepts."""
    return Client(headers={"Authorization": f"Bearer {secret}"}, **options)


def token_of(user: User, *scopes: str, days: int = 90) -> str:
    return create_token(user, scopes=scopes or ("read",), days=days, actor=ADMIN)


def send(client: Client, *, to: str = "NORTH", content: bytes | None = None) -> HttpResponse:
    file = SimpleUploadedFile("IM0001", content or image_bytes(about(2)))
    answer: HttpResponse = client.post(UPLOAD, {"facility": to, "file": file})
    return answer


def assert_refused(answer: HttpResponse, status: int, error: str) -> dict[str, Any]:
    """Check the form of a refusal and return its body."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"].startswith(f'Bearer error="{error}"')
    assert "Location" not in answer.headers
    assert not answer.cookies
    body: dict[str, Any] = json.loads(answer.content)
    assert body["status"] == status
    return body

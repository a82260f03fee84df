"""Fixtures of the accounts' tests."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Facility, User
from accounts.roles import Role
from archive.models import Instance
from tests.dicom_samples import about, image
from tests.factories import store
from tests.people import facility, person
from viewer.services import render_requested_tile
from viewer.tiles.request import TileRequest


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = timezone.now()

    def advance(self, **by: float) -> None:
        """Move by days, hours, minutes or seconds."""
        self.now += timedelta(**by)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The system's clock, in the hand of the test."""
    frozen = Clock()
    monkeypatch.setattr(timezone, "now", frozen)
    return frozen


@pytest.fixture
def browser() -> Client:
    """A browser that asks for pages."""
    return Client(headers={"Accept": "text/html"})


@pytest.fixture
def reader(db: None) -> User:
    """A radiologist of the north."""
    return person("r.reader", Role.RADIOLOGIST, at="NORTH")


@pytest.fixture
def stored(db: None) -> Facility:
    """A study of the north with one image, whose tile is rendered."""
    north = facility("NORTH")
    store(image(about(1), WindowCenter="2000", WindowWidth="4000"), facility=north)
    sha256 = Instance.objects.select_related("blob").get().blob.sha256
    render_requested_tile(TileRequest(sha256, 1, 0, 0, 0))
    return north

"""Fixtures of the accounts' tests."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone


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

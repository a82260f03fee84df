"""Facts that the archive announces, each after its commit."""

from dataclasses import dataclass

from django.dispatch import Signal


@dataclass(frozen=True)
class StudyChanged:
    """A study is new, or something that the list shows of it has changed."""

    study_instance_uid: str
    facility_pk: int


@dataclass(frozen=True)
class StudyReceived:
    """Nothing more of a study has arrived for the quiescence time."""

    study_instance_uid: str
    facility_pk: int


study_changed = Signal()
study_received = Signal()

correction_planned = Signal()
"""Asks, with ``plan`` and ``lock``, what has to change with a correction: the one signal that is no fact. It is sent
inside of the transaction; receivers return a `Contribution`, and lock the rows that they judge by where ``lock`` is set.
"""

"""Orders, acquisition and reading."""

from worklist.models.acquisition import PerformedProcedureStep, ScheduledProcedureStep
from worklist.models.department import (
    DEFAULT_GOALS,
    DEFAULT_WEIGHTS,
    Department,
    Reader,
    ReadingGoal,
    ReadingWeight,
)
from worklist.models.lists import ListSettings, SavedList, Scope
from worklist.models.numbering import AccessionCounter
from worklist.models.orders import ImagingServiceRequest, PatientClass, Priority, RequestedProcedure
from worklist.models.reading import Assignment, ReadingEvent, ReadingGrant, ReadingTask, SkippedTask

__all__ = [
    "DEFAULT_GOALS",
    "DEFAULT_WEIGHTS",
    "AccessionCounter",
    "Assignment",
    "Department",
    "ImagingServiceRequest",
    "ListSettings",
    "PatientClass",
    "PerformedProcedureStep",
    "Priority",
    "Reader",
    "ReadingEvent",
    "ReadingGoal",
    "ReadingGrant",
    "ReadingTask",
    "ReadingWeight",
    "RequestedProcedure",
    "SavedList",
    "ScheduledProcedureStep",
    "Scope",
    "SkippedTask",
]

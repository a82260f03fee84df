"""What is rejected in a department, by series, and how much of what each device makes is."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Count, Q, QuerySet, Sum

from archive.access import correctable_studies
from archive.models import Correction, Instance, Series
from dicomkit.rejection import QUALITY_REASONS, REJECTED_FOR_QUALITY, RETENTION_EXPIRED
from worklist.access import Visitor, exportable_studies
from worklist.modalities import ABOUT_IMAGES

PAGE_ROWS = 100
_QUALITY = (*QUALITY_REASONS, REJECTED_FOR_QUALITY.value)


@dataclass(frozen=True)
class RejectedCriteria:
    """Which rejections are asked for: days by which they were made, both included; what is empty asks for all."""

    first: date
    last: date
    reason_code: str = ""
    modality: str = ""

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """Midnight before the first day and after the last."""
        return _midnight(self.first), _midnight(self.last + timedelta(days=1))


@dataclass(frozen=True)
class RejectedSeries:
    """What one correction has rejected of one series, or the whole of it."""

    correction: Correction
    series: Series
    images: int

    @property
    def is_whole(self) -> bool:
        """Whether nothing of the series is left to show."""
        return self.series.is_withdrawn


@dataclass(frozen=True)
class RejectRate:
    """How many of the images that a device made were rejected.

    Attributes
    ----------
    made
        All images of its studies in the period, rejected ones among them.
    repeats
        Those rejected for their quality, which as a rule were made again.
    """

    modality: str
    device: str
    made: int
    rejected: int
    repeats: int

    @property
    def percent(self) -> float:
        """The share that was rejected."""
        return 100 * self.rejected / self.made

    @property
    def repeat_percent(self) -> float:
        """The share that was rejected for its quality."""
        return 100 * self.repeats / self.made


def rejected_series(
    user: Visitor,
    criteria: RejectedCriteria,
    *,
    start: int = 0,
    at_most: int = PAGE_ROWS,
    is_export: bool = False,
) -> list[RejectedSeries]:
    """Return what stands rejected of the studies that the user may correct, the latest first.

    Parameters
    ----------
    is_export
        Leave out studies that may not leave the system with the user.
    """
    begins, ends = criteria.moments
    found = _standing(user).filter(rejection__made_at__gte=begins, rejection__made_at__lt=ends)
    if is_export:
        found = found.filter(series__study__in=exportable_studies(user))
    if criteria.reason_code:
        found = found.filter(rejection__reason_code=criteria.reason_code)
    if criteria.modality:
        found = found.filter(series__modality=criteria.modality)
    groups = list(
        found.values("rejection", "series")
        .annotate(images=Count("pk"))
        .order_by("-rejection__made_at", "series")[start : start + at_most]
    )
    corrections = Correction.objects.select_related("author").in_bulk({row["rejection"] for row in groups})
    series = Series.objects.select_related("study__facility").in_bulk({row["series"] for row in groups})
    return [
        RejectedSeries(corrections[row["rejection"]], series[row["series"]], row["images"]) for row in groups
    ]


def reject_rates(user: Visitor, criteria: RejectedCriteria) -> list[RejectRate]:
    """Return the rates by modality and device, of studies of the days asked for; the highest first.

    What was rejected because its retention had expired was well made, and counts as made only.
    """
    begins, ends = criteria.moments
    studies = correctable_studies(user).filter(study_moment__gte=begins, study_moment__lt=ends)
    device = ("modality", "station_name", "manufacturer_model_name")
    series = Series.objects.filter(study__in=studies).exclude(modality__in=ABOUT_IMAGES)
    if criteria.modality:
        series = series.filter(modality=criteria.modality)
    shown = series.values_list(*device).annotate(made=Sum("number_of_series_related_instances")).order_by()
    hidden = (
        Instance.kept.filter(rejection__isnull=False, series__in=series)
        .values_list(*(f"series__{name}" for name in device))
        .annotate(
            made=Count("pk"),
            rejected=Count("pk", filter=~Q(rejection__reason_code=RETENTION_EXPIRED.value)),
            repeats=Count("pk", filter=Q(rejection__reason_code__in=_QUALITY)),
        )
        .order_by()
    )
    return _rates(shown, hidden)


def modalities_of_rejected(user: Visitor) -> list[str]:
    """Return the modalities of which something is rejected."""
    return sorted(
        set(_standing(user).order_by().values_list("series__modality", flat=True).distinct()) - {""}
    )


def _rates(shown: Iterable[Sequence[str | int]], hidden: Iterable[Sequence[str | int]]) -> list[RejectRate]:
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for modality, station, model, made in shown:
        counts[str(modality), str(station or model)][0] += int(made)
    for modality, station, model, made, rejected, repeats in hidden:
        of_device = counts[str(modality), str(station or model)]
        for place, count in enumerate((made, rejected, repeats)):
            of_device[place] += int(count)
    rates = [RejectRate(*device, *numbers) for device, numbers in counts.items() if numbers[0]]
    return sorted(rates, key=lambda one: (-one.percent, one.modality, one.device))


def _standing(user: Visitor) -> QuerySet[Instance]:
    return Instance.kept.filter(rejection__isnull=False, series__study__in=correctable_studies(user)).exclude(
        series__modality__in=ABOUT_IMAGES
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)

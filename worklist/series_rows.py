"""The series of a study as they are shown with their pictures."""

from dataclasses import dataclass

from django.urls import reverse

from archive.models import Study
from archive.selectors import series_of, series_without_images


@dataclass(frozen=True)
class SeriesRow:
    """A series with where its picture is and where it opens."""

    series_instance_uid: str
    series_number: int | None
    modality: str
    series_description: str
    instance_count: int
    has_images: bool
    thumbnail_url: str
    viewer_url: str


def series_rows(study: Study) -> list[SeriesRow]:
    """Return the series of a study in the order of their numbers. Costs two queries."""
    viewer_url = reverse("viewer:study", args=[study.study_instance_uid])
    without_images = series_without_images(study)
    return [
        SeriesRow(
            series_instance_uid=one.series_instance_uid,
            series_number=one.series_number,
            modality=one.modality,
            series_description=one.series_description,
            instance_count=one.number_of_series_related_instances,
            has_images=one.pk not in without_images,
            thumbnail_url=reverse("viewer:thumbnail", args=[one.series_instance_uid]),
            viewer_url=f"{viewer_url}?series={one.series_instance_uid}",
        )
        for one in series_of(study)
    ]

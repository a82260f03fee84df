"""What follows from a correction: counts, summaries, search terms, and whether there is anything left to show."""

from collections.abc import Iterable

from django.db.models import Count
from django.utils import timezone

from archive.models import Instance, Series, Study, StudySearchTerm
from archive.services.summaries import search_terms, summary_of_series
from dicomkit.person_name import search_key


def refresh_studies(study_uids: Iterable[str]) -> list[Study]:
    """Bring everything that is derived of studies up to date; return them as they are then."""
    studies = list(
        Study.objects.filter(study_instance_uid__in=set(study_uids))
        .select_related("facility")
        .order_by("study_instance_uid")
    )
    for study in studies:
        _refresh_series(study)
        _refresh_study(study)
        _refresh_search_terms(study)
    return studies


def _refresh_series(study: Study) -> None:
    shown = Instance.objects.filter(series__study=study).values("series").annotate(count=Count("pk"))
    counts = {row["series"]: row["count"] for row in shown}
    for series in Series.objects.filter(study=study).order_by("series_instance_uid"):
        count = counts.get(series.pk, 0)
        if (series.number_of_series_related_instances, series.is_withdrawn) != (count, count == 0):
            series.number_of_series_related_instances, series.is_withdrawn = count, count == 0
            series.save(update_fields=["number_of_series_related_instances", "is_withdrawn", "updated_at"])


def _refresh_study(study: Study) -> None:
    values = summary_of_series(study)
    values["number_of_study_related_instances"] = Instance.objects.filter(series__study=study).count()
    values["is_withdrawn"] = values["number_of_study_related_instances"] == 0
    values["patient_name_key"] = search_key(study.patient_name)[:324]
    for name, value in values.items():
        setattr(study, name, value)
    Study.objects.filter(pk=study.pk).update(**values, updated_at=timezone.now())


def _refresh_search_terms(study: Study) -> None:
    before = set(StudySearchTerm.objects.filter(study=study).values_list("term", flat=True))
    now = search_terms(study)
    StudySearchTerm.objects.filter(study=study, term__in=before - now).delete()
    StudySearchTerm.objects.bulk_create(
        StudySearchTerm(study=study, term=term) for term in sorted(now - before)
    )

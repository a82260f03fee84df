"""How previews name things, in the language of whoever looks."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from archive.models import Patient, Series, Study
from dicomkit.person_name import display_name


def counted_images(number: int) -> str:
    """Return a number of images in words."""
    return ngettext("%(number)d image", "%(number)d images", number) % {"number": number}


def counted_studies(number: int) -> str:
    """Return a number of studies in words."""
    return ngettext("%(number)d study", "%(number)d studies", number) % {"number": number}


def series_name(series: Series) -> str:
    """Return what a series is called: modality, number and description."""
    number = f" {series.series_number}" if series.series_number is not None else ""
    description = f" “{series.series_description}”" if series.series_description else ""
    return f"{series.modality or _('Series')}{number}{description}"


def study_name(study: Study) -> str:
    """Return what a study is called: patient, description, day and accession number."""
    return ", ".join(
        [
            f"{display_name(study.patient_name)} ({study.patient_id or _('no patient ID')})",
            study.study_description or _("study"),
            study.study_date.isoformat() if study.study_date else _("no date"),
            *filter(None, [study.accession_number]),
        ]
    )


def patient_name(patient: Patient) -> str:
    """Return what a patient is called: name, ID, issuer and birth date."""
    born = patient.patient_birth_date
    name = display_name(patient.patient_name) or _("No name")
    number = ", ".join(filter(None, [patient.patient_id or _("no patient ID"), patient.issuer_of_patient_id]))
    return f"{name} ({number})" + (", " + _("born %(date)s") % {"date": born.isoformat()} if born else "")


def shown(value: object) -> str:
    """Return a column's value for the preview."""
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)

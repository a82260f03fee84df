"""How values of the archive are put into words, wherever they are shown."""

from datetime import date, timedelta

from django.utils.translation import gettext, gettext_noop

from archive.models import Study
from dicomkit.temporal import age_text_at

_AGES = {
    "y": gettext_noop("%(number)d y"),
    "mo": gettext_noop("%(number)d mo"),
    "wk": gettext_noop("%(number)d wk"),
    "d": gettext_noop("%(number)d d"),
}


def age_of(study: Study) -> str:
    """Return the patient's age at the time of the study, such as "74 y" or "3 wk"; empty where it is unknown."""
    if study.patient_age_days < 0:
        return ""
    made = study.study_date or date(2000, 1, 1)
    return time_between(made - timedelta(days=study.patient_age_days), made)


def time_between(earlier: date, later: date) -> str:
    """Return how much time lies between two days, such as "8 mo"; empty where the second comes before the first."""
    number, _, unit = age_text_at(earlier, later).partition(" ")
    return gettext(_AGES[unit]) % {"number": int(number)} if number else ""

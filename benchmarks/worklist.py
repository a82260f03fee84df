"""Pages of the worklist among 100,000 studies, through the whole of Django, against an empty page as the floor."""

import argparse
import os
import random
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("PACS_DATA_DIR", tempfile.mkdtemp(prefix="reading-room-benchmark-"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pacs_site.settings")

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from accounts.models import Facility, Membership, User  # noqa: E402
from archive.models import Patient, Series, Study, StudySearchTerm  # noqa: E402
from benchmarks.timing import print_table, times_ms  # noqa: E402

FAMILIES = [
    "Schmidt",
    "Meier",
    "Nguyen",
    "Garcia",
    "Silva",
    "Rossi",
    "Novak",
    "Ivanov",
    "Kim",
    "Sato",
    "Khan",
    "Okafor",
    "Jensen",
    "Dubois",
    "Kowalski",
]
GIVENS = [
    "Anna",
    "Ben",
    "Clara",
    "David",
    "Eva",
    "Felix",
    "Greta",
    "Hugo",
    "Ida",
    "Jan",
    "Klara",
    "Leo",
    "Mia",
    "Noah",
    "Olga",
    "Paul",
]
MODALITIES = ["CT", "MR", "CR", "DX", "US", "MG", "XA", "PT"]


def fill(studies: int, facilities: int) -> None:
    """Make so many studies, spread over the facilities and ten years."""
    call_command("migrate", verbosity=0)
    places = [
        Facility.objects.create(code=f"F{number}", name=f"Facility {number}") for number in range(facilities)
    ]
    user = User.objects.create_user("reader", password="reader-of-everything")
    Membership.objects.bulk_create(
        Membership(user=user, facility=place, role="radiologist") for place in places[:2]
    )
    chance = random.Random(1)
    newest = datetime(2026, 11, 1, tzinfo=UTC)
    for start in range(0, studies, 5000):
        numbers = range(start, min(start + 5000, studies))
        patients = Patient.objects.bulk_create(
            Patient(patient_id=f"P{number:06}", issuer_of_patient_id="B") for number in numbers
        )
        made = Study.objects.bulk_create(
            _study(number, patient, chance, places, newest)
            for number, patient in zip(numbers, patients, strict=True)
        )
        Series.objects.bulk_create(
            Series(
                study=study,
                series_instance_uid=f"{study.study_instance_uid}.1",
                modality=study.modalities_in_study,
            )
            for study in made
        )
        StudySearchTerm.objects.bulk_create(
            StudySearchTerm(study=study, term=term)
            for study in made
            for term in {
                *study.patient_name_key.split(),
                study.patient_id.lower(),
                study.accession_number.lower(),
            }
        )
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _study(
    number: int, patient: Patient, chance: random.Random, places: list[Facility], newest: datetime
) -> Study:
    family, given = chance.choice(FAMILIES), chance.choice(GIVENS)
    moment = newest - timedelta(minutes=chance.randrange(10 * 365 * 24 * 60))
    return Study(
        patient_record=patient,
        facility=chance.choice(places),
        study_instance_uid=f"1.2.3.{number}",
        patient_name=f"{family}^{given}",
        patient_name_key=f"{family} {given}".lower(),
        patient_id=patient.patient_id,
        patient_age_days=chance.randrange(36500),
        patient_sex=chance.choice("FM"),
        study_date=moment.date(),
        study_time=moment.time(),
        study_moment=moment,
        accession_number=f"A{number:07}",
        study_description=chance.choice(["Chest", "Head", "Abdomen", "Knee"]),
        modalities_in_study=chance.choice(MODALITIES),
        number_of_study_related_series=1,
        number_of_study_related_instances=chance.randrange(500),
        status="complete",
        last_instance_at=moment,
    )


def main() -> None:
    """Fill the database, then time pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=100_000)
    parser.add_argument("--facilities", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=100)
    options = parser.parse_args()
    settings.ALLOWED_HOSTS = ["*"]
    fill(options.studies, options.facilities)
    setup_test_environment()
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(
        User.objects.get(username="reader"), backend="django.contrib.auth.backends.ModelBackend"
    )
    searched = client.post("/worklist/search/", {"q": "meier an"})["Location"]
    rare = client.post("/worklist/search/", {"q": "p000777"})["Location"]
    pages = {
        "empty list": "/worklist/?date_preset=range&date_from=1900-01-01&date_to=1900-01-02",
        "first page": "/worklist/",
        "last page": "/worklist/?last=1",
        "page in the middle, by name": "/worklist/?sort=patient&dir=asc&after=1.2.3.50000",
        "first page, by name": "/worklist/?sort=patient&dir=asc",
        "last page, by name": "/worklist/?sort=patient&dir=asc&last=1",
        "modality CT": "/worklist/?modality=CT",
        "modality CT, last page": "/worklist/?modality=CT&last=1",
        "one facility": "/worklist/?facility=F1",
        "one month": "/worklist/?date_preset=range&date_from=2020-03-01&date_to=2020-03-31",
        "name begins with meier, an": searched,
        "one patient ID": rare,
        "by name, modality MR": "/worklist/?modality=MR&sort=patient&dir=asc",
    }
    rows = []
    for name, address in pages.items():
        assert client.get(address).status_code == 200, address
        rows.append((name, times_ms(lambda address=address: client.get(address), rounds=options.rounds)))
    print(
        f"{options.studies:,} studies, {options.facilities} facilities (the reader sees two), {settings.DATABASES['default']['ENGINE'].rsplit('.')[-1]}"
    )
    print_table(rows)


if __name__ == "__main__":
    main()

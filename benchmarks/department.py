"""A department's studies in any number, as the benchmarks of the worklist need them."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, models
from django.utils import timezone

from accounts.models import Facility, Membership, User
from archive.models import Patient, Series, Study, StudySearchTerm
from worklist.models import Reader, ReadingTask

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
PHYSICIANS = [f"{family.lower()} {given.lower()}" for family in ["Adler", *FAMILIES] for given in GIVENS]
SUBSPECIALTIES = ["neuro", "chest", "abdomen", "musculoskeletal", "breast", "cardiac", ""]
# Made one by one; more are copies of these with keys and UIDs of their own.
_MADE = 50_000


def fill(studies: int, facilities: int) -> None:
    """Make so many studies with their reading tasks, spread over the facilities and ten years."""
    places = [
        Facility.objects.create(code=f"F{number}", name=f"Facility {number}") for number in range(facilities)
    ]
    people = [User.objects.create_user("reader", password="reader-of-everything")]
    people += [User.objects.create_user(f"colleague{number}") for number in range(8)]
    Membership.objects.bulk_create(
        Membership(user=person, facility=place, role="radiologist")
        for person in people
        for place in places[:2]
    )
    Reader.objects.bulk_create(
        Reader(user=people[0], facility=place, subspecialties=["neuro", "chest"]) for place in places[:2]
    )
    chance = random.Random(1)
    made = min(studies, _MADE)
    for start in range(0, made, 5000):
        _make(range(start, min(start + 5000, made)), chance, places, people)
    for copy in range(1, studies // made):
        _copy(copy, made)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _make(numbers: range, chance: random.Random, places: Sequence[Facility], people: Sequence[User]) -> None:
    patients = Patient.objects.bulk_create(
        Patient(patient_id=f"P{number:06}", issuer_of_patient_id="B") for number in numbers
    )
    studies = Study.objects.bulk_create(
        _study(number, patient, chance, places) for number, patient in zip(numbers, patients, strict=True)
    )
    Series.objects.bulk_create(
        Series(
            study=study,
            series_instance_uid=f"{study.study_instance_uid}.1",
            modality=study.modalities_in_study,
        )
        for study in studies
    )
    StudySearchTerm.objects.bulk_create(
        StudySearchTerm(study=study, term=term) for study in studies for term in _terms(study)
    )
    ReadingTask.objects.bulk_create(_task(study, chance, people) for study in studies)


def _terms(study: Study) -> set[str]:
    return {*study.patient_name_key.split(), study.patient_id.lower(), study.accession_number.lower()}


def _study(number: int, patient: Patient, chance: random.Random, places: Sequence[Facility]) -> Study:
    family, given = chance.choice(FAMILIES), chance.choice(GIVENS)
    newest = datetime(2026, 11, 1, tzinfo=UTC)
    moment = newest - timedelta(minutes=chance.randrange(10 * 365 * 24 * 60))
    return Study(
        patient_record=patient,
        facility=chance.choice(places),
        study_instance_uid=f"1.2.3.{number}.0",
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
        modalities_in_study="SM" if chance.random() < 0.0005 else chance.choice(MODALITIES),
        body_parts_examined=chance.choice(["CHEST", "HEAD", "ABDOMEN", "KNEE"]),
        number_of_study_related_series=1,
        number_of_study_related_instances=chance.randrange(500),
        status="receiving" if chance.random() < 0.0005 else "complete",
        last_instance_at=moment,
    )


def _task(study: Study, chance: random.Random, people: Sequence[User]) -> ReadingTask:
    """Return a task as an archive of years has them: nearly all final, some thousands waiting."""
    status = chance.choices(
        [
            "final",
            "addended",
            "checked",
            "completed",
            "preliminary",
            "in_progress",
            "being_read",
            "cancelled",
        ],
        [970, 10, 8, 4, 3, 2, 1, 2],
    )[0]
    reader = chance.choice(people) if chance.random() < 0.6 else None
    waiting = status not in {"final", "addended", "cancelled"}
    started_at = timezone.now() - timedelta(minutes=chance.randrange(3000)) if waiting else study.study_moment
    is_read = status == "being_read"
    claimer = chance.choice(people) if is_read else None
    return ReadingTask(
        study=study,
        facility_id=study.facility_id,
        status=status,
        status_since=started_at,
        priority=chance.choices([1, 2, 3, 4], [3, 10, 17, 70])[0],
        patient_class=chance.choice("EIO"),
        subspecialty="pathology" if chance.random() < 0.0005 else chance.choice(SUBSPECIALTIES),
        modality=study.modalities_in_study,
        clock_started_at=started_at,
        due_at=started_at + timedelta(hours=chance.choice([1, 4, 24])),
        assigned_to=reader,
        reader_name=(claimer or reader).username if claimer or reader else "",
        referring_physician_key=chance.choice(PHYSICIANS),
        claimed_by=claimer,
        claimed_at=started_at if is_read else None,
        claim_seen_at=started_at if is_read else None,
        claimed_from="checked" if is_read else "",
        preliminary_by=chance.choice(people) if status == "preliminary" else None,
        preliminary_at=started_at if status == "preliminary" else None,
    )


def _copy(copy: int, made: int) -> None:
    """Copy what was made, with keys further on and a last component of the UIDs that counts the copies."""
    first = Study.objects.order_by("pk").values_list("pk", flat=True)[0]
    terms = StudySearchTerm.objects.filter(study__lt=first + made).count()
    ending = f"'.{copy}'"
    _copied(Patient, made, made * copy, {"patient_id": f"patient_id || {ending}"})
    _copied(
        Study,
        made,
        made * copy,
        {
            "patient_record_id": f"patient_record_id + {made * copy}",
            "study_instance_uid": f"rtrim(study_instance_uid, '0') || '{copy}'",
            "accession_number": f"accession_number || {ending}",
            "patient_id": f"patient_id || {ending}",
        },
    )
    of_study = {"study_id": f"study_id + {made * copy}"}
    _copied(
        Series, made, made * copy, {**of_study, "series_instance_uid": f"series_instance_uid || {ending}"}
    )
    _copied(StudySearchTerm, terms, terms * copy, of_study)
    _copied(ReadingTask, made, made * copy, of_study)


def _copied(model: type[models.Model], made: int, further: int, changed: dict[str, str]) -> None:
    """Copy the first rows of a table in one statement."""
    key = model._meta.pk.column
    values: dict[str, Any] = {
        field.column: field.column
        for field in model._meta.concrete_fields
        if not isinstance(field, models.GeneratedField)
    }
    values |= {key: f"{key} + {further}", **changed}
    columns = ", ".join(f'"{column}"' for column in values)
    table = model._meta.db_table
    # The expressions are our own, made of column names and numbers.
    statement = f"INSERT INTO {table} ({columns}) SELECT {', '.join(map(str, values.values()))} FROM {table}"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT min({key}) FROM {table}")
        first = cursor.fetchone()[0]
        cursor.execute(f"{statement} WHERE {key} < {first + made}")

"""The demo: two facilities, one user per role in each, real and synthesised studies. Only ever on a loopback host."""

import io
import logging
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypedDict

from django.conf import settings
from django.db.models import QuerySet
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset

from accounts.models import ApiToken, Facility, User
from accounts.roles import Codename, Role
from accounts.scopes import Scope
from accounts.services.memberships import grant_membership
from accounts.services.shares import share_study
from accounts.services.tokens import create_token, revoke_tokens
from accounts.services.users import create_user, set_password
from archive.models import Study
from archive.services.importing import import_paths
from archive.services.ingest import close_session, ingest_instances
from archive.services.received import ArrivalSession, IngestResult, Origin, Outcome, ReceivedInstance
from audit.actors import Actor
from dicomkit.synth import (
    CURRENT_NODULE,
    PRIOR_NODULE,
    StudyAttributes,
    ct_chest_series,
    dx_chest_pair,
    mammogram_four_view,
    pet_ct_study,
)
from dicomkit.synth.chest_regions import chest_regions
from dicomkit.synth.documents import nodule_reports
from dicomkit.synth.modules import derived_uid
from dicomkit.synth.notes import nodule_notes
from dicomkit.synth.slide import demo_slide
from dimse.models import Right
from dimse.services.peers import add_peer
from pacs_site.demo_annotations import seed_annotations
from pacs_site.demo_orders import seed_orders

logger = logging.getLogger(__name__)

ACTOR = Actor.command("seed_demo")
_DEMO_PURPOSE = "demo"
_DEMO_DAYS = 30
_BATCH = 32

FACILITIES = {"NORTH": "North General Hospital", "SOUTH": "South Radiology Centre"}

# Files of pydicom's own test data, by the facility that they go to.
_PYDICOM_FILES = {
    "NORTH": ("examples_overlay.dcm", "waveform_ecg.dcm"),
    "SOUTH": ("examples_ybr_color.dcm", "examples_palette.dcm", "rtstruct.dcm"),
}
# Files of the package pydicom-data.
_DATA_FILES = {
    "NORTH": ("RG1_J2KR.dcm", "MR2_J2KR.dcm", "vlut_04.dcm", "eCT_Supplemental.dcm", "mlut_18.dcm"),
    "SOUTH": (
        "RG3_J2KR.dcm",
        "US1_J2KR.dcm",
        "emri_small.dcm",
        "liver.dcm",
    ),
}


class Login(TypedDict):
    """A demo user as the seed prints it; the token is empty where none was made."""

    username: str
    password: str
    role: str
    facility: str
    token: str


class StudyLine(TypedDict):
    """A demo study as the seed prints it."""

    study_instance_uid: str
    patient_id: str
    facility: str
    modalities: list[str]


@dataclass
class Demo:
    """What the seed has made."""

    facilities: list[dict[str, str]] = field(default_factory=list)
    users: list[Login] = field(default_factory=list)
    studies: list[StudyLine] = field(default_factory=list)


def is_first_start() -> bool:
    """Tell whether nobody can log in yet."""
    return not User.objects.exists()


def seed_demo(*, with_tokens: bool = False) -> Demo:
    """Make facilities, users, device entries and studies; new passwords for users that exist. Safe to run again.

    Parameters
    ----------
    with_tokens
        Make a token of every scope for each user too, in place of those of the former run.
    """
    demo = seed_people(with_tokens=with_tokens)
    for facility in Facility.objects.filter(code__in=FACILITIES).order_by("code"):
        seed_orders(facility)
        _import_files(facility)
        _ingest_synthetic(facility)
        _share_with_referrer(facility)
    _draw_on_follow_up()
    _add_demo_peers()
    demo.studies = [
        {
            "study_instance_uid": study.study_instance_uid,
            "patient_id": study.patient_id,
            "facility": study.facility.code,
            "modalities": study.modalities_in_study.split("\\"),
        }
        for study in _studies().order_by("facility__code", "-study_moment")
    ]
    return demo


def seed_people(*, with_tokens: bool) -> Demo:
    """Make the facilities and users of `seed_demo`, without studies."""
    demo = Demo()
    for code, name in FACILITIES.items():
        facility, _ = Facility.objects.get_or_create(code=code, defaults={"name": name})
        demo.facilities.append({"code": facility.code, "name": facility.name})
        demo.users += [_user(facility, role, with_token=with_tokens) for role in Role]
    return demo


def logins_text(demo: Demo) -> str:
    """Return the logins as a table for the terminal."""
    lines = [
        f"  {user['username']:<22} {user['password']:<20} {user['role']} at {user['facility']}"
        for user in demo.users
    ]
    return "\n".join(
        ["", "demo logins (shown once; script/manage seed_demo makes new passwords):", *lines, "", ""]
    )


def _user(facility: Facility, role: Role, *, with_token: bool) -> Login:
    username = f"{role}.{facility.code}".lower()
    password = secrets.token_urlsafe(12)
    user = User.objects.filter(username=username).first()
    if user is None:
        # The first administrator also sees to the other facilities and to the system itself.
        is_chief = role == Role.ADMINISTRATOR and facility.code == next(iter(FACILITIES))
        user = create_user(
            username=username,
            password=password,
            display_name=f"{role.label}, {facility.name}",
            is_staff=role == Role.ADMINISTRATOR,
            is_superuser=is_chief,
            actor=ACTOR,
        )
    else:
        set_password(user, password=password, actor=ACTOR)
    grant_membership(user=user, facility=facility, role=role, actor=ACTOR)
    return {
        "username": username,
        "password": password,
        "role": str(role),
        "facility": facility.code,
        "token": _new_token(user) if with_token and user.is_active else "",
    }


def _new_token(user: User) -> str:
    """Return a new token in place of the demo's former ones; tokens that others made for the user stay."""
    revoke_tokens(ApiToken.objects.filter(user=user, purpose=_DEMO_PURPOSE), actor=ACTOR)
    return create_token(user, scopes=Scope, days=_DEMO_DAYS, purpose=_DEMO_PURPOSE, actor=ACTOR)


def _add_demo_peers() -> None:
    """Let the usual test clients on this machine do everything, as the first facility."""
    facility = Facility.objects.get(code=next(iter(FACILITIES)))
    for ae_title in ("DEMOSCU", "STORESCU"):
        add_peer(
            ae_title=ae_title,
            host="127.0.0.1",
            port=11113,
            facility=facility,
            rights=list(Right),
            description="Test client on this machine",
            actor=ACTOR,
        )


def _import_files(facility: Facility) -> None:
    session = ArrivalSession(Origin.IMPORT, ACTOR, facility)
    _tell_refused(import_paths(_files(facility.code), session=session))


def _files(code: str) -> list[Path]:
    """Return the real files of a facility; only packages are looked into, never the network."""
    found = [get_testdata_file(name, download=False) for name in _PYDICOM_FILES[code]]
    spec = find_spec("data_store")
    assert spec is not None and spec.origin is not None
    data = Path(spec.origin).parent / "data"
    return [Path(str(path)) for path in found if path] + [data / name for name in _DATA_FILES[code]]


def _ingest_synthetic(facility: Facility) -> None:
    session = ArrivalSession(Origin.IMPORT, ACTOR, facility)
    batch: list[ReceivedInstance] = []
    for dataset in _synthetic(facility.code):
        batch.append(ReceivedInstance(_as_file(dataset)))
        if len(batch) == _BATCH:
            _tell_refused(ingest_instances(received=batch, session=session))
            batch = []
    _tell_refused(ingest_instances(received=batch, session=session))
    close_session(session)


def _tell_refused(results: Iterable[IngestResult]) -> None:
    """Log what of the demo was not taken in: a part that is missing without a word looks like a fault elsewhere."""
    for result in results:
        if result.outcome not in (Outcome.STORED, Outcome.DUPLICATE):
            logger.warning("%s of the demo was not stored: %s", result.name or "an object", result.reason)


def _draw_on_follow_up() -> None:
    author = User.objects.get(username=f"{Role.RADIOLOGIST}.NORTH".lower())
    study = _studies().filter(study_instance_uid=derived_uid("demo", "NORTH", 2)).first()
    if study is not None:
        seed_annotations(study=study, author=author, nodule=CURRENT_NODULE, actor=ACTOR)


def _as_file(dataset: Dataset) -> io.BytesIO:
    buffer = io.BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    buffer.seek(0)
    return buffer


def _synthetic(code: str) -> Iterator[Dataset]:
    """Yield what the real files lack: a long CT with a prior, a chest in two views, a mammogram in four, a slide."""
    if code == "NORTH":
        follow_up = {
            "patient_id": "NG-204817",
            "patient_name": "Lindqvist^Astrid",
            "patient_birth_date": "19580314",
            "patient_sex": "F",
        }
        yield from ct_chest_series(_study(code, 1, "20250603", "CT chest", **follow_up), nodule=PRIOR_NODULE)
        current = _study(code, 2, "20261118", "CT chest, follow-up", **follow_up)
        slices = []
        for dataset in ct_chest_series(current):
            slices.append(_without_pixels(dataset))
            yield dataset
        yield from nodule_notes(current, slices, CURRENT_NODULE)
        yield from chest_regions(current, slices, CURRENT_NODULE)
        yield from nodule_reports(current, slices, CURRENT_NODULE)
        yield from dx_chest_pair(_study(code, 3, "20261112", "Chest PA and lateral", **follow_up))
        yield from pet_ct_study(_study(code, 4, "20261110", "PET/CT chest, FDG", **follow_up))
    else:
        yield from demo_slide(
            _study(
                code, 2, "20261116", "Skin biopsy",
                patient_id="SR-01277", patient_name="Haddad^Karim", patient_birth_date="19660430", patient_sex="M",
            )
        )  # fmt: skip
        yield from mammogram_four_view(
            _study(
                code, 1, "20261117", "Screening mammogram",
                patient_id="SR-00931", patient_name="Okonkwo^Ngozi^Adaeze", patient_birth_date="19710822", patient_sex="F",
            )
        )  # fmt: skip


def _without_pixels(dataset: Dataset) -> Dataset:
    header = Dataset()
    header.update({element.tag: element for element in dataset if element.keyword != "PixelData"})
    return header


def _study(code: str, number: int, study_date: str, description: str, **patient: str) -> StudyAttributes:
    """Return a synthetic study that has the same identifiers whenever the demo is seeded."""
    return StudyAttributes(
        issuer_of_patient_id=code,
        study_instance_uid=derived_uid("demo", code, number),
        study_date=study_date,
        study_time=f"{8 + number:02}1500",
        study_id=str(number),
        study_description=description,
        accession_number=f"{code[0]}{2600000 + number}",
        **patient,
    )


def _share_with_referrer(facility: Facility) -> None:
    """Share the newest study with the facility's referrer, who sees nothing else."""
    study = _studies().filter(facility=facility).order_by("-study_moment").first()
    referrer = User.objects.get(username=f"{Role.REFERRER}.{facility.code}".lower())
    if study is not None:
        share_study(study=study, user=referrer, codename=Codename.VIEW_STUDY, actor=ACTOR)


def _studies() -> "QuerySet[Study]":
    return Study.objects.filter(facility__code__in=FACILITIES).select_related("facility")


def as_json(demo: Demo) -> dict[str, Any]:
    """Return what the seed made as the command prints it."""
    return {"facilities": demo.facilities, "users": demo.users, "studies": demo.studies}


def is_demo_allowed() -> bool:
    """Tell whether this installation may have demo users: never one that others can reach."""
    return bool(settings.PACS_DEMO)

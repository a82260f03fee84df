"""A small department of its own beside the demo: its people, the RIS that orders, the scanner that works."""

import socket
from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from pydicom.dataset import Dataset
from pynetdicom import build_context
from pynetdicom.sop_class import ModalityPerformedProcedureStep, ModalityWorklistInformationFind

from dicomkit.synth.ct_chest import ct_chest_series
from dicomkit.synth.modules import StudyAttributes
from dicomkit.uid import new_uid
from tests.dimse.scu import association, store
from tests.running_system import RunningSystem

_PASSWORD = "works a whole day"
_PEOPLE = """
from accounts.models import Facility
from accounts.services.facilities import create_facility
from accounts.services.memberships import grant_membership
from accounts.services.users import create_user
from audit.actors import Actor
from dimse.services.peers import add_peer
from hl7v2.models import Sender
actor = Actor.command("test")
place = create_facility(code={code!r}, name={code!r}.title() + " Practice", actor=actor)
Sender.objects.create(sending_application="RIS", sending_facility={code!r}, address="127.0.0.1", facility=place)
add_peer(
    ae_title={scanner!r}, host="127.0.0.1", port=11119, facility=place, rights=["store", "worklist"], actor=actor
)
for username, role in {people!r}.items():
    user = create_user(username=username, password={password!r}, actor=actor)
    user.first_name, user.last_name = username.partition(".")[0].title(), place.name
    user.save()
    grant_membership(user=user, facility=place, role=role, actor=actor)
"""


class Department:
    """One facility; nobody but the test that made it works there."""

    def __init__(self, system: RunningSystem, code: str, **roles: str) -> None:
        """Enter the facility, and by first name the people with their roles."""
        self.system, self.code = system, code
        people = {self.login(name): role for name, role in roles.items()}
        self.scanner = f"CT{code}"[:16]
        script = _PEOPLE.format(code=code, people=people, password=_PASSWORD, scanner=self.scanner)
        system.manage("shell", "-c", script)
        system.passwords.update(dict.fromkeys(people, _PASSWORD))

    def login(self, name: str) -> str:
        """Return the user name of somebody, by first name."""
        return f"{name}.{self.code.lower()}"

    def order(self, number: str, *, patient: str, name: str, **more: str) -> str:
        """Have the RIS order an examination for now, and return the acknowledgement code.

        Parameters
        ----------
        more
            ``description``, ``priority`` (S for STAT), ``reason``, ``alert``.
        """
        now = f"{timezone.now():%Y%m%d%H%M%S}"
        description = more.get("description", "CT chest")
        timing = f"^^^{now}^^{more.get('priority', 'R')}"
        segments = [
            f"MSH|^~\\&|RIS|{self.code}|READINGROOM||{now}||ORM^O01|{number}-{new_uid()[-12:]}|P|2.5||||||UNICODE UTF-8",
            f"PID|||{patient}^^^{self.code}^MR||{name}||19610517|F",
            "PV1||O|DAY^1^A",
            f"AL1|||{more.get('alert', '')}" if "alert" in more else "",
            f"ORC|NW|{number}||||||||||77^Berg^Ingrid",
            f"OBR|1|{number}||CT^{description}^L||||||||||||||{number}||||||CT|||{timing}||||^{more.get('reason', '')}",
        ]
        answer = self.message("\r".join(filter(None, segments)))
        return answer.split("MSA|")[1][:2]

    def message(self, text: str) -> str:
        """Send one HL7 message as it is, and return the answer."""
        with socket.create_connection(("127.0.0.1", self.system.hl7_port), timeout=10) as connection:
            connection.sendall(b"\x0b" + text.encode() + b"\x1c\r")
            answer = b""
            while not answer.endswith(b"\x1c\r"):
                answer += connection.recv(4096)
        return answer.decode()

    def worklist(self) -> list[Dataset]:
        """Return what the scanner is told to do."""
        asked, step = Dataset(), Dataset()
        for keyword in ("PatientName", "PatientID", "AccessionNumber", "StudyInstanceUID"):
            setattr(asked, keyword, "")
        step.Modality, step.ScheduledProcedureStepID = "CT", ""
        step.ScheduledProcedureStepStartDate = step.ScheduledProcedureStepStartTime = ""
        asked.ScheduledProcedureStepSequence = [step]
        with self._associated(ModalityWorklistInformationFind) as opened:
            answers = list(opened.send_c_find(asked, ModalityWorklistInformationFind))
        return [item for status, item in answers if status.Status == 0xFF00]

    def begin(self, item: Dataset) -> str:
        """Report that the scanner has begun what it was told, and return the UID of the performed step."""
        report, scheduled = Dataset(), Dataset()
        scheduled.StudyInstanceUID, scheduled.AccessionNumber = item.StudyInstanceUID, item.AccessionNumber
        of_step = item.ScheduledProcedureStepSequence[0]
        scheduled.ScheduledProcedureStepID = of_step.ScheduledProcedureStepID
        report.ScheduledStepAttributesSequence = [scheduled]
        report.PerformedProcedureStepStatus, report.PerformedProcedureStepID = "IN PROGRESS", "1"
        report.PerformedStationAETitle, report.Modality = self.scanner, "CT"
        now = timezone.now()
        report.PerformedProcedureStepStartDate = f"{now:%Y%m%d}"
        report.PerformedProcedureStepStartTime = f"{now:%H%M%S}"
        uid = str(new_uid())
        with self._associated(ModalityPerformedProcedureStep) as opened:
            status, _ = opened.send_n_create(report, ModalityPerformedProcedureStep, uid)
        assert status.Status == 0x0000, status
        return uid

    def complete(self, performed: str, images: Iterable[Dataset]) -> None:
        """Report that the scanner has finished, with what it has made."""
        report, by_series = Dataset(), dict[str, list[Dataset]]()
        for one in images:
            by_series.setdefault(one.SeriesInstanceUID, []).append(one)
        now = timezone.now()
        report.PerformedProcedureStepStatus = "COMPLETED"
        report.PerformedProcedureStepEndDate = f"{now:%Y%m%d}"
        report.PerformedProcedureStepEndTime = f"{now:%H%M%S}"
        report.PerformedSeriesSequence = [_made(uid, ones) for uid, ones in by_series.items()]
        with self._associated(ModalityPerformedProcedureStep) as opened:
            status, _ = opened.send_n_set(report, ModalityPerformedProcedureStep, performed)
        assert status.Status == 0x0000, status

    def send(self, *images: Dataset) -> None:
        """Send images by C-STORE over one association."""
        assert set(store(self.system.dicom_port, *images, ae_title=self.scanner)) == {0x0000}

    def examine(self, number: str, *, patient: str, name: str, slices: int, **more: str) -> None:
        """Have an examination ordered, made and sent, as far as its reader."""
        assert self.order(number, patient=patient, name=name, **more) == "AA"
        item = next(one for one in self.worklist() if one.AccessionNumber == number)
        performed, images = self.begin(item), images_of(item, slices=slices)
        self.send(*images)
        self.complete(performed, images)

    def _associated(self, sop_class: Any) -> Any:
        return association(self.system.dicom_port, ae_title=self.scanner, contexts=[build_context(sop_class)])


def images_of(item: Dataset, *, slices: int, series: int = 2, **corrected: str) -> list[Dataset]:
    """Return slices as the scanner makes them of what it was told; attributes of the study by name."""
    told = {
        "patient_id": str(item.PatientID),
        "issuer_of_patient_id": "",
        "patient_name": str(item.PatientName),
        "patient_birth_date": "19610517",
        "patient_sex": "F",
        "study_instance_uid": str(item.StudyInstanceUID),
        "study_date": item.ScheduledProcedureStepSequence[0].ScheduledProcedureStepStartDate,
        "study_time": item.ScheduledProcedureStepSequence[0].ScheduledProcedureStepStartTime,
        "accession_number": str(item.AccessionNumber),
        "study_description": "CT chest",
        "institution_name": "",
    }
    study = StudyAttributes(**{**told, **corrected})
    return list(ct_chest_series(study, slices=slices, series_number=series))


def _made(series_instance_uid: str, images: list[Dataset]) -> Dataset:
    series = Dataset()
    series.SeriesInstanceUID = series_instance_uid
    series.ReferencedImageSequence = [Dataset() for _ in images]
    return series

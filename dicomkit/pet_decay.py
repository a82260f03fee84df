"""How much the injected activity has decayed until the moment to which the values of a PET frame belong.

The rules for the start of the scan are those that the Quantitative Imaging Biomarkers Alliance published for all
vendors: Series Date and Time, unless the series was made later than the scan.

References
----------
PS3.3 C.8.9.1.1.5 (Decay Correction), C.8.9.2 (PET Isotope), C.8.9.4 (PET Image), C.8.22.6 (Enhanced PET Corrections).
"""

import math
from datetime import datetime, timedelta

from pydicom.dataset import Dataset

from dicomkit.errors import NoSUVError
from dicomkit.pet_frame import PETFrame, positive_of
from dicomkit.pixels.numbers import first_float
from dicomkit.temporal import parse_date_time, parse_time

_GE_CREATOR, _GE_GROUP, _GE_SCAN_DATE_TIME = "GEMS_PETD_01", 0x0009, 0x0D

_DAY = timedelta(days=1)
# Times are written with and without fractions of a second.
_ROUNDING = timedelta(seconds=1)
# A dynamic scan begins before the injection that it follows.
_LATEST_INJECTION = timedelta(minutes=10)
# After ten half-lives a thousandth is left and nobody scans: one of the two times is wrong.
_MOST_HALF_LIVES = 10.0
# Tracers that live longer are scanned again on following days, so the time of day does not tell the day.
_SAME_DAY_HALF_LIFE_S = 6 * 3600.0


def remaining_share(frame: PETFrame, tracer: Dataset) -> float:
    """Return which share of the injected activity is left at the moment that the values of a frame are given for.

    Parameters
    ----------
    frame
        The frame.
    tracer
        Its item of the Radiopharmaceutical Information Sequence.

    Returns
    -------
    1 for values that are corrected for decay to the injection. Above 1 where the scan began before the injection.

    Raises
    ------
    NoSUVError
        A time or the half-life is missing or contradicts the others.

    Notes
    -----
    One header does not tell a Series Time that was changed to lie between two bed positions, except on GE devices.
    """
    correction = _decay_correction(frame)
    if correction == "ADMIN":
        return 1.0
    half_life_s = positive_of(
        tracer.get("RadionuclideHalfLife"), missing="The half-life of the tracer is missing."
    )
    if correction == "NONE":
        moment = _middle_of_frame(frame, half_life_s)
    else:
        moment = frame.date_time("DecayCorrectionDateTime") or _scan_start(frame, half_life_s)
    elapsed = moment - _injection(frame, tracer, moment, half_life_s)
    half_lives = elapsed.total_seconds() / half_life_s
    if elapsed < -_LATEST_INJECTION or half_lives < -1:
        raise NoSUVError("The injection is recorded after the scan.")
    if half_lives > _MOST_HALF_LIVES:
        raise NoSUVError("The injection is recorded too long before the scan.")
    return math.exp2(-half_lives)


def _decay_correction(frame: PETFrame) -> str:
    """Return "START", "ADMIN" or "NONE"."""
    correction = frame.text("DecayCorrection")
    if correction in ("START", "ADMIN", "NONE"):
        corrections = frame.texts("CorrectedImage")
        if bool(corrections & {"DECY", "DECAY"}) != (correction != "NONE"):
            raise NoSUVError("The image contradicts itself about its correction for decay.")
        return correction
    if frame.text("DecayCorrected") == "YES" and frame.get("DecayCorrectionDateTime"):
        return "START"
    if frame.text("DecayCorrected") == "NO":
        return "NONE"
    raise NoSUVError("The image does not say how it is corrected for decay.")


def _acquired(frame: PETFrame) -> datetime:
    """Return when the acquisition of the frame began."""
    moment = (
        frame.date_time("FrameAcquisitionDateTime")
        or frame.date_and_time("AcquisitionDate", "AcquisitionTime")
        or frame.date_time("AcquisitionDateTime")
    )
    if moment is None:
        raise NoSUVError("The time of the acquisition is missing.")
    return moment


def _scan_start(frame: PETFrame, half_life_s: float) -> datetime:
    acquired = _acquired(frame)
    # A private date may have been left alone where the others were shifted to hide when the scan was.
    candidates = (frame.date_and_time("SeriesDate", "SeriesTime"), _ge_scan_start(frame))
    starts = [start for start in candidates if start and acquired - _DAY <= start <= acquired + _ROUNDING]
    if starts:
        return min(starts)
    offset_ms = first_float(frame.get("FrameReferenceTime")) or 0.0
    duration_s = _frame_duration_s(frame)
    if offset_ms <= 0 or duration_s is None:
        raise NoSUVError("The series is not dated at the scan, and nothing else tells when the scan began.")
    middle_s = _average_count_time_s(duration_s, half_life_s)
    return acquired + timedelta(seconds=middle_s - offset_ms / 1000)


def _ge_scan_start(frame: PETFrame) -> datetime | None:
    """Return the start of the scan as GE devices keep it, also in a series that was made later."""
    value = frame.private(_GE_CREATOR, _GE_GROUP, _GE_SCAN_DATE_TIME)
    text = value.decode("ascii", "replace") if isinstance(value, bytes) else value
    return frame.local(parse_date_time(text))


def _middle_of_frame(frame: PETFrame, half_life_s: float) -> datetime:
    duration_s = _frame_duration_s(frame)
    if duration_s is None:
        raise NoSUVError("The duration of the acquisition is missing.")
    return _acquired(frame) + timedelta(seconds=_average_count_time_s(duration_s, half_life_s))


def _frame_duration_s(frame: PETFrame) -> float | None:
    for keyword in ("FrameAcquisitionDuration", "ActualFrameDuration"):
        milliseconds = first_float(frame.get(keyword))
        if milliseconds is not None and milliseconds > 0:
            return milliseconds / 1000
    return None


def _average_count_time_s(duration_s: float, half_life_s: float) -> float:
    """Return when, after the start of a frame, its activity is the mean of the frame: a little before the middle."""
    decay = math.log(2) * duration_s / half_life_s
    return duration_s / decay * math.log(decay / -math.expm1(-decay))


def _injection(frame: PETFrame, tracer: Dataset, moment: datetime, half_life_s: float) -> datetime:
    """Return the time of the injection, across midnight where only its time of day is recorded."""
    written = frame.local(parse_date_time(tracer.get("RadiopharmaceuticalStartDateTime")))
    if written is not None:
        return written
    clock = parse_time(tracer.get("RadiopharmaceuticalStartTime"))
    if clock is None:
        raise NoSUVError("The time of the injection is missing.")
    if half_life_s > _SAME_DAY_HALF_LIFE_S:
        raise NoSUVError("The date of the injection is missing.")
    days = (moment.date() + timedelta(days=step) for step in (1, 0, -1))
    injections = (datetime.combine(day, clock) for day in days)
    return next(injection for injection in injections if injection <= moment + _LATEST_INJECTION)

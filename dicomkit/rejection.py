"""Why instances are rejected, in codes.

References
----------
PS3.16 CID 7010 (titles of key objects) and CID 7011 (rejected for quality reasons); IHE RAD IOCM, TF-3 4.66.
"""

from dicomkit.sr.codes import Code

REJECTED_FOR_QUALITY = Code("113001", "DCM", "Rejected for Quality Reasons")
REJECTED_FOR_SAFETY = Code("113037", "DCM", "Rejected for Patient Safety Reasons")
WRONG_WORKLIST_ENTRY = Code("113038", "DCM", "Incorrect Modality Worklist Entry")
RETENTION_EXPIRED = Code("113039", "DCM", "Data Retention Policy Expired")

TITLES = {
    code.value: code
    for code in (REJECTED_FOR_QUALITY, REJECTED_FOR_SAFETY, WRONG_WORKLIST_ENTRY, RETENTION_EXPIRED)
}

# What was wrong with the quality.
QUALITY_REASONS = {
    code.value: code
    for code in (
        Code("111209", "DCM", "Positioning"),
        Code("111210", "DCM", "Motion blur"),
        Code("111211", "DCM", "Under exposed"),
        Code("111212", "DCM", "Over exposed"),
        Code("113026", "DCM", "Double exposure"),
        Code("111207", "DCM", "Image artifact(s)"),
        Code("111208", "DCM", "Grid artifact(s)"),
        Code("111214", "DCM", "Detector artifact(s)"),
        Code("111215", "DCM", "Artifact(s) other than grid or detector artifact"),
        Code("111213", "DCM", "No image"),
        Code("111219", "DCM", "Inappropriate image processing"),
        Code("111216", "DCM", "Mechanical failure"),
        Code("111217", "DCM", "Electrical failure"),
        Code("111218", "DCM", "Software failure"),
        Code("111220", "DCM", "Other failure"),
        Code("111221", "DCM", "Unknown failure"),
    )
}


def title_and_reason(code_value: str) -> tuple[Code, Code | None]:
    """Return the title of a rejection note, and the reason where the quality was wrong.

    Parameters
    ----------
    code_value
        Of a title or of a reason of quality.

    Raises
    ------
    KeyError
        It is neither.
    """
    if code_value in QUALITY_REASONS:
        return REJECTED_FOR_QUALITY, QUALITY_REASONS[code_value]
    return TITLES[code_value], None

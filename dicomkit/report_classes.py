"""SOP classes of what somebody wrote about images to be read: reports, not doses, markings or logs.

References
----------
PS3.4 B.5 (standard SOP classes), PS3.3 A.35 (structured reports), A.45 (encapsulated documents).
"""

from enum import StrEnum


class ReportForm(StrEnum):
    """How a report is stored."""

    STRUCTURED = "SR"
    PDF = "PDF"
    CLINICAL_DOCUMENT = "CDA"


REPORT_FORMS = {
    # Basic Text, Enhanced, Comprehensive, Comprehensive 3D and Extensible SR, and the simplified adult echo report.
    "1.2.840.10008.5.1.4.1.1.88.11": ReportForm.STRUCTURED,
    "1.2.840.10008.5.1.4.1.1.88.22": ReportForm.STRUCTURED,
    "1.2.840.10008.5.1.4.1.1.88.33": ReportForm.STRUCTURED,
    "1.2.840.10008.5.1.4.1.1.88.34": ReportForm.STRUCTURED,
    "1.2.840.10008.5.1.4.1.1.88.35": ReportForm.STRUCTURED,
    "1.2.840.10008.5.1.4.1.1.88.72": ReportForm.STRUCTURED,
    "1.2.840.10008.5.1.4.1.1.104.1": ReportForm.PDF,
    "1.2.840.10008.5.1.4.1.1.104.2": ReportForm.CLINICAL_DOCUMENT,
}

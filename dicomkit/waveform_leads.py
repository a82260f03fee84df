"""Which of the standard ECG leads a channel is.

References
----------
PS3.16 CID 3001 (ECG Leads): codes of MDC and of SCP-ECG number the leads alike.
"""

import re

from pydicom.dataset import Dataset

from dicomkit.functional_groups import first_item
from dicomkit.identity import clean_text

STANDARD_LEADS = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")
_NUMBERS = {
    "1": "I",
    "2": "II",
    "3": "V1",
    "4": "V2",
    "5": "V3",
    "6": "V4",
    "7": "V5",
    "8": "V6",
    "61": "III",
    "62": "aVR",
    "63": "aVL",
    "64": "aVF",
}
_CODE = re.compile(r"(?:2:|5\.6\.3-9-)(\d+)")
_MDC_NAME = re.compile(r"MDC_ECG_LEAD_(\w+)")
# A letter or digit after the name makes it another lead, such as V3R or V12.
_WORDS = re.compile(r"(?:^|lead\s+)(III|II|I|aVR|aVL|aVF|V[1-6])(?![A-Za-z0-9])", re.IGNORECASE)
_BY_FOLDED = {lead.lower(): lead for lead in STANDARD_LEADS}


def lead_of(channel: Dataset) -> str:
    """Return the name of the standard lead that an item of Channel Definition Sequence is of; empty for none."""
    source = first_item(channel, "ChannelSourceSequence") or Dataset()
    code = clean_text(source, "CodeValue", 32)
    if match := _CODE.fullmatch(code):
        return _NUMBERS.get(match[1], "")
    if match := _MDC_NAME.fullmatch(code):
        return _BY_FOLDED.get(match[1].lower(), "")
    for text in (clean_text(source, "CodeMeaning", 64), clean_text(channel, "ChannelLabel", 64)):
        if match := _WORDS.match(text):
            return _BY_FOLDED[match[1].lower()]
    return ""

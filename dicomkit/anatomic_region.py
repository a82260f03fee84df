"""Which part of the body an image shows, where its header says so by a code.

References
----------
PS3.16 Annex L (Correspondence of Anatomic Region Codes and Body Part Examined Defined Terms), CID 4; PS3.3 10.5
(General Anatomy Macros), C.7.6.16.2.8 (Frame Anatomy).
"""

from pydicom.dataset import Dataset

from dicomkit.functional_groups import first_item, functional_group

# Body Part Examined, and the codes of SNOMED CT and, for older files, SNOMED RT that mean the same.
_CODES_OF_PART = {
    "ABDOMEN": "818981001 113345001 T-D4000",
    "ABDOMENPELVIS": "818982008 416949008 R-FAB57",
    "ANKLE": "344001 70258002 T-D9500 T-15750",
    "AORTA": "15825003 T-42000",
    "BRAIN": "12738006 T-A0100",
    "BREAST": "76752008 T-04000",
    "CHEST": "816094009 51185008 T-D3000",
    "CHESTABDOMEN": "416550000 R-FAB55",
    "CHESTABDPELVIS": "416775004 R-FAB56",
    "CORONARYARTERY": "41801008 T-43000",
    "CSPINE": "122494005 T-11501",
    "ELBOW": "127949000 16953009 T-D8300 T-15430",
    "FACE": "89545001 T-D1200",
    "FEMUR": "71341001 T-12710",
    "FOOT": "56459004 T-D9700",
    "FOREARM": "14975008 T-D8500",
    "HAND": "85562004 T-D8700",
    "HEAD": "69536005 T-D1100",
    "HEADNECK": "774007 T-D1000",
    "HEART": "80891009 T-32000",
    "HIP": "29836001 24136001 T-D2500 T-15710",
    "KIDNEY": "64033007 T-71000",
    "KNEE": "72696002 49076000 T-D9200 T-15720",
    "LEG": "30021000 T-D9400",
    "LIVER": "10200004 T-62000",
    "LSPINE": "122496007 T-11503",
    "LUNG": "39607008 T-28000",
    "MEDIASTINUM": "72410000 T-D3300",
    "NECK": "45048000 T-D1600",
    "NECKCHEST": "417437006 R-FAB52",
    "NECKCHESTABDOMEN": "416152001 R-FAB53",
    "NECKCHESTABDPELV": "416319003 R-FAB54",
    "ORBIT": "363654007 T-D14AE",
    "PELVIS": "816092008 12921003 T-D6000",
    "PROSTATE": "41216001 T-92000",
    "SHOULDER": "16982005 T-D2220",
    "SINUS": "2095001 T-22000",
    "SKULL": "89546000 T-11100",
    "SPINE": "421060004 T-D04FF",
    "THIGH": "68367000 T-D9100",
    "THYROID": "69748006 T-B6000",
    "TSPINE": "122495006 T-11502",
    "UTERUS": "35039007 T-83000",
    "WRIST": "74670003 T-15460",
}
_PART_OF_CODE = {code: part for part, codes in _CODES_OF_PART.items() for code in codes.split()}


def read_anatomic_region(dataset: Dataset) -> str:
    """Return the Anatomic Region of an image, or of its first frame, as a term of Body Part Examined; "" for none known."""
    group = functional_group(dataset, "FrameAnatomySequence", frame_index=0)
    for holder in (dataset, group):
        code = first_item(holder, "AnatomicRegionSequence") if holder is not None else None
        if code is not None:
            return _PART_OF_CODE.get(str(code.get("CodeValue") or "").strip(), "")
    return ""

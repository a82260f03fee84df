"""Which region of the body a part or a word belongs to: CHEST, THORAX and "Lunge" are read together.

References
----------
PS3.16 L, Correspondence of Anatomic Region Codes and Body Part Examined Defined Terms.
"""

from collections.abc import Iterable

_PARTS: dict[str, str] = {
    "head": "HEAD BRAIN SKULL FACE ORBIT SINUS EAR IAC JAW MANDIBLE MAXILLA TMJ NOSE PITUITARY HEADNECK",
    "neck": "NECK THYROID LARYNX PHARYNX CAROTID HEADNECK NECKCHEST CSPINE",
    "chest": "CHEST THORAX LUNG HEART MEDIASTINUM RIB STERNUM CLAVICLE AORTA CORONARYARTERY ESOPHAGUS NECKCHEST"
    " CHESTABDOMEN CHESTABDPELVIS NECKCHESTABDOMEN NECKCHESTABDPELV",
    "heart": "HEART CORONARYARTERY",
    "breast": "BREAST MAMMARY",
    "abdomen": "ABDOMEN LIVER KIDNEY SPLEEN PANCREAS STOMACH GALLBLADDER BOWEL COLON ABDOMENPELVIS CHESTABDOMEN"
    " CHESTABDPELVIS ADRENAL BILEDUCT SMALLBOWEL NECKCHESTABDOMEN NECKCHESTABDPELV AORTA",
    "pelvis": "PELVIS HIP PROSTATE UTERUS BLADDER OVARY RECTUM SACRUM COCCYX ABDOMENPELVIS CHESTABDPELVIS"
    " NECKCHESTABDPELV",
    "spine": "SPINE CSPINE TSPINE LSPINE SSPINE WHOLESPINE CERVICALSPINE THORACICSPINE LUMBARSPINE",
    "cervical spine": "CSPINE CERVICALSPINE",
    "thoracic spine": "TSPINE THORACICSPINE",
    "lumbar spine": "LSPINE LUMBARSPINE SSPINE",
    "shoulder": "SHOULDER SCAPULA CLAVICLE HUMERUS",
    "elbow": "ELBOW",
    "forearm": "FOREARM RADIUS ULNA",
    "hand": "HAND WRIST FINGER THUMB",
    "thigh": "THIGH FEMUR",
    "hip": "HIP",
    "knee": "KNEE PATELLA",
    "lower leg": "LEG TIBIA FIBULA CALF",
    "foot": "FOOT ANKLE TOE CALCANEUS HEEL",
}
_WORDS: dict[str, str] = {
    "head": "head brain skull face orbit orbits sinus sinuses cranial cerebral neuro schädel kopf gehirn hirn tête"
    " cerveau crâne cabeza cerebro stroke",
    "neck": "neck thyroid carotid hals cou cuello",
    "chest": "chest thorax thoracic lung lungs pulmonary cardiac heart mediastinum lunge brust poumon pecho",
    "heart": "cardiac heart coronary herz",
    "breast": "breast breasts mammo mammogram mammography mammographie tomosynthesis",
    "abdomen": "abdomen abdominal liver kidney kidneys pancreas spleen renal hepatic leber niere bauch foie hígado",
    "pelvis": "pelvis pelvic prostate uterus bladder becken bassin",
    "spine": "spine spinal vertebral wirbelsäule rachis columna",
    "cervical spine": "cervical hws",
    "thoracic spine": "bws",
    "lumbar spine": "lumbar lumbosacral lws lombaire",
    "shoulder": "shoulder schulter épaule hombro humerus",
    "elbow": "elbow ellenbogen coude codo",
    "forearm": "forearm unterarm radius ulna",
    "hand": "hand wrist finger handgelenk main poignet mano",
    "thigh": "femur thigh oberschenkel",
    "hip": "hip hüfte hanche cadera",
    "knee": "knee knie genou rodilla",
    "lower leg": "tibia fibula leg unterschenkel jambe",
    "foot": "foot ankle toe fuss fuß sprunggelenk pied cheville pie",
}


def _turned(table: dict[str, str]) -> dict[str, frozenset[str]]:
    """Return the regions by name of a part, from the parts by region."""
    turned: dict[str, set[str]] = {}
    for region, names in table.items():
        for name in names.split():
            turned.setdefault(name, set()).add(region)
    return {name: frozenset(regions) for name, regions in turned.items()}


_REGIONS_OF_PART = _turned(_PARTS)
_REGIONS_OF_WORD = _turned(_WORDS)


def regions_of_parts(body_parts: Iterable[str]) -> frozenset[str]:
    """Return the regions of values of Body Part Examined; a value that is not known is a region of its own."""
    regions: set[str] = set()
    for part in body_parts:
        name = "".join(part.upper().split())
        if name:
            regions |= _REGIONS_OF_PART.get(name, frozenset({name}))
    return frozenset(regions)


def regions_of_words(words: Iterable[str]) -> frozenset[str]:
    """Return the regions that words in lower case name; none where no word names one."""
    return frozenset(region for word in words for region in _REGIONS_OF_WORD.get(word, frozenset()))

"""Which modality a study is of."""

# Modalities of objects about images: notes, reports, regions, plans (PS3.3 C.7.3.1.1.1). They tell a reader that
# somebody has worked on the study, and would hide what kind of study it is.
ABOUT_IMAGES = frozenset(
    [
        "ANN",
        "DOC",
        "FID",
        "KO",
        "M3D",
        "PLAN",
        "PR",
        "REG",
        "RTPLAN",
        "RTRECORD",
        "RTSTRUCT",
        "RWV",
        "SEG",
        "SMR",
        "SR",
        "STAIN",
        "TEXTUREMAP",
    ]
)
# Of two modalities the one by which the examination is called: a PET/CT is a PET.
_CALLED_BY = ("PT", "NM", "MG", "XA", "MR", "CT")


def split_modalities(modalities_in_study: str) -> tuple[list[str], list[str]]:
    """Return the modalities of a study, and those of its notes apart; a study of notes only has them for its own."""
    found = [modality for modality in modalities_in_study.split("\\") if modality]
    own = [modality for modality in found if modality not in ABOUT_IMAGES]
    return (own, [modality for modality in found if modality in ABOUT_IMAGES]) if own else (found, [])


def main_modality(modalities_in_study: str) -> str:
    """Return the modality by which a study is counted; empty where it has none."""
    own, _ = split_modalities(modalities_in_study)
    return next((one for one in _CALLED_BY if one in own), own[0] if own else "")

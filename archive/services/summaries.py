"""Columns and search terms of a study that follow from its other columns and from its series."""

from typing import Any

from archive.models import Series, Study
from dicomkit.person_name import fold


def search_terms(study: Study) -> set[str]:
    """Return the words under which the search box finds a study, in lower case."""
    words = study.patient_name_key.split()
    # Müller-Schmidt is looked for under Schmidt too.
    words += [part for word in words for part in word.split("-")]
    for text in (study.patient_id, study.accession_number, study.study_description):
        words += fold(text.replace("^", " ").replace(",", " ")).split()
    return {word[:64] for word in words if word}


def summary_of_series(study: Study) -> dict[str, Any]:
    """Return the study columns that summarise its series."""
    rows = list(
        Series.objects.filter(study=study, is_withdrawn=False).values_list("modality", "body_part_examined")
    )
    modalities = sorted({modality for modality, _ in rows if modality})
    body_parts = sorted({body_part for _, body_part in rows if body_part})
    return {
        "number_of_study_related_series": len(rows),
        "modalities_in_study": "\\".join(modalities)[:128],
        "body_parts_examined": "\\".join(body_parts)[:256],
    }

"""The protocols that everybody has. A facility, a role or a user replaces them by protocols of their own."""

from typing import Any

from django.utils.translation import gettext, gettext_noop

from viewer.hanging.matching import Candidate, Rank
from viewer.hanging.reading import read_protocol

_SCROLL = {"scroll": True}
_FRONTAL = {"view_positions": ["PA", "AP"]}
_LATERAL = {"view_positions": ["LL", "RL", "LATERAL", "LAT"]}


def _current(**viewport: Any) -> dict[str, Any]:
    return {"study": 0, **viewport}


def _prior(**viewport: Any) -> dict[str, Any]:
    return {"study": 1, **viewport}


def _breast(side: str, view: str, *, study: int = 0) -> dict[str, Any]:
    """Return one view of a mammogram: right breasts on the left, chest walls meet in the middle, all of one scale."""
    return {
        "study": study,
        "series": {"modality": "MG", "laterality": side, "view_positions": [view]},
        "fit": "same_size",
        "chest_wall": "right" if side == "R" else "left",
    }


def _pair(view: str) -> list[dict[str, Any]]:
    return [_breast("R", view), _breast("L", view)]


def _pair_with_prior(view: str) -> list[dict[str, Any]]:
    return [*_pair(view), _breast("R", view, study=1), _breast("L", view, study=1)]


_PROTOCOLS: dict[str, dict[str, Any]] = {
    "ct-prior": {
        "name": gettext_noop("CT, prior beside"),
        "criteria": {"modalities": ["CT"], "least_priors": 1},
        "stages": [
            {"layout": "1x2", "viewports": [_current(), _prior()], "link": _SCROLL},
            {"layout": "1x1", "viewports": [_current()]},
        ],
    },
    "mr-planes": {
        "name": gettext_noop("MR, planes"),
        "criteria": {"modalities": ["MR"], "least_pictures": 4},
        "stages": [
            {
                "layout": "2x2",
                "viewports": [
                    _current(series={"modality": "MR", "plane": "axial"}),
                    _current(series={"modality": "MR", "plane": "axial", "position": 2}),
                    _current(series={"modality": "MR", "plane": "coronal"}),
                    _current(series={"modality": "MR", "plane": "sagittal"}),
                ],
                "link": _SCROLL,
            },
            {"layout": "1x1", "viewports": [_current()]},
        ],
    },
    "mr-prior": {
        "name": gettext_noop("MR, prior beside"),
        "criteria": {"modalities": ["MR"], "least_priors": 1},
        "stages": [
            {"layout": "1x2", "viewports": [_current(), _prior()], "link": _SCROLL},
            {"layout": "1x1", "viewports": [_current()]},
        ],
    },
    "film-two-views": {
        "name": gettext_noop("Film, two views"),
        "criteria": {"modalities": ["CR", "DX"], "least_pictures": 2},
        "stages": [
            {"layout": "1x2", "viewports": [_current(series=_FRONTAL), _current(series=_LATERAL)]},
            {"layout": "1x1", "viewports": [_current(series=_FRONTAL)]},
        ],
    },
    "film-prior": {
        "name": gettext_noop("Film, prior beside"),
        "criteria": {"modalities": ["CR", "DX"], "least_priors": 1},
        "stages": [
            {"layout": "1x2", "viewports": [_current(series=_FRONTAL), _prior(series=_FRONTAL)]},
            {"layout": "1x1", "viewports": [_current(series=_FRONTAL)]},
        ],
    },
    "film-two-views-prior": {
        "name": gettext_noop("Film, two views and prior"),
        "criteria": {"modalities": ["CR", "DX"], "least_priors": 1, "least_pictures": 2},
        "stages": [
            {
                "layout": "1x3",
                "viewports": [
                    _current(series=_FRONTAL),
                    _current(series=_LATERAL),
                    _prior(series=_FRONTAL),
                ],
            },
            {"layout": "1x2", "viewports": [_current(series=_FRONTAL), _prior(series=_FRONTAL)]},
            {"layout": "1x2", "viewports": [_current(series=_LATERAL), _prior(series=_LATERAL)]},
        ],
    },
    "mammography": {
        "name": gettext_noop("Mammography, four views"),
        "criteria": {"modalities": ["MG"], "least_pictures": 4},
        "stages": [
            {"name": gettext_noop("All four"), "layout": "2x2", "viewports": [*_pair("CC"), *_pair("MLO")]},
            {"name": gettext_noop("CC"), "layout": "1x2", "viewports": _pair("CC")},
            {"name": gettext_noop("MLO"), "layout": "1x2", "viewports": _pair("MLO")},
        ],
    },
    "mammography-prior": {
        "name": gettext_noop("Mammography, with prior"),
        "criteria": {"modalities": ["MG"], "least_pictures": 4, "least_priors": 1},
        "stages": [
            {"name": gettext_noop("All four"), "layout": "2x2", "viewports": [*_pair("CC"), *_pair("MLO")]},
            {
                "name": gettext_noop("CC above its prior"),
                "layout": "2x2",
                "viewports": _pair_with_prior("CC"),
            },
            {
                "name": gettext_noop("MLO above its prior"),
                "layout": "2x2",
                "viewports": _pair_with_prior("MLO"),
            },
            {"name": gettext_noop("CC"), "layout": "1x2", "viewports": _pair("CC")},
            {"name": gettext_noop("MLO"), "layout": "1x2", "viewports": _pair("MLO")},
        ],
    },
    "ultrasound": {
        "name": gettext_noop("Ultrasound"),
        "criteria": {"modalities": ["US", "IVUS"]},
        "stages": [{"layout": "1x1", "viewports": [_current(cine=True)]}],
    },
    "angiography": {
        "name": gettext_noop("Angiography"),
        "criteria": {"modalities": ["XA", "RF"]},
        "stages": [{"layout": "1x1", "viewports": [_current(cine=True)]}],
    },
    "pet-ct": {
        "name": gettext_noop("PET/CT"),
        "criteria": {"modalities": ["CT\\PT"], "least_pictures": 2},
        "stages": [
            {
                "layout": "1x2",
                "viewports": [_current(series={"modality": "CT"}), _current(series={"modality": "PT"})],
                "link": {"scroll": True, "view": True},
            },
            {
                "name": gettext_noop("CT, fused, PET"),
                "layout": "1x3",
                "viewports": [
                    _current(series={"modality": "CT"}),
                    _current(series={"modality": "CT"}, fusion={"modality": "PT"}),
                    _current(series={"modality": "PT"}),
                ],
                "link": {"scroll": True, "view": True},
            },
            {"layout": "1x1", "viewports": [_current(series={"modality": "PT"})]},
        ],
    },
}

BUILT_IN = tuple(
    Candidate(f"builtin-{name}", Rank.BUILT_IN, read_protocol(body)) for name, body in _PROTOCOLS.items()
)


def in_words_of_the_reader(body: dict[str, Any]) -> dict[str, Any]:
    """Return a built-in protocol with its names, and those of its stages, in the language of the request."""
    stages = [{**stage, "name": stage["name"] and gettext(stage["name"])} for stage in body["stages"]]
    return {**body, "name": gettext(body["name"]), "stages": stages}

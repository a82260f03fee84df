"""Pages of the worklist among very many studies: every list, every filter by every sort, through the whole of Django.

On SQLite, or with ``--postgres`` on a PostgreSQL of its own. The data lies in a folder that goes afterwards; with ``--keep``
in one that is used again the next time.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "script")]

from postgres import kept_postgres  # noqa: E402


def parsed_options() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=100_000)
    parser.add_argument("--facilities", type=int, default=4)
    parser.add_argument(
        "--postgres", action="store_true", help="On a PostgreSQL of its own instead of SQLite."
    )
    parser.add_argument("--keep", type=Path, help="A folder that keeps the studies for the next time.")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--filter", default="", help="Only filters with this in their name.")
    return parser.parse_args()


def run_again_on(folder: Path) -> None:
    """Run this file once more beside a PostgreSQL in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    # The server does not run as root, and has to reach its folder.
    folder.chmod(0o755)
    with kept_postgres(folder / "postgres") as url:
        environment = {**os.environ, "PACS_DATABASE_URL": url, "PACS_DATA_DIR": str(folder / "files")}
        subprocess.run([sys.executable, *sys.argv], env=environment, check=True)


OPTIONS = parsed_options()
if OPTIONS.postgres and "PACS_DATABASE_URL" not in os.environ:
    kept = OPTIONS.keep or Path(tempfile.mkdtemp(prefix="rr-worklist-", dir="/tmp"))
    try:
        run_again_on(kept)
    finally:
        if OPTIONS.keep is None:
            shutil.rmtree(kept, ignore_errors=True)
    sys.exit()
if OPTIONS.keep and not OPTIONS.postgres:
    OPTIONS.keep.mkdir(parents=True, exist_ok=True)
    os.environ["PACS_DATA_DIR"] = str(OPTIONS.keep)
os.environ.setdefault("PACS_DATA_DIR", tempfile.mkdtemp(prefix="reading-room-benchmark-"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pacs_site.settings")

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from accounts.models import Facility, User  # noqa: E402
from archive.models import Study  # noqa: E402
from benchmarks.department import fill  # noqa: E402
from benchmarks.timing import percentile, print_table, times_ms  # noqa: E402
from worklist.built_in import BUILT_IN  # noqa: E402
from worklist.columns import COLUMNS  # noqa: E402

FILTERS = {
    "no filter": {},
    "status final": {"status": ["final"]},
    "status checked or preliminary": {"status": ["checked", "preliminary"]},
    "status cancelled": {"status": ["cancelled"]},
    "status discontinued (none)": {"status": ["discontinued"]},
    "priority STAT": {"priority": ["1"]},
    "priority STAT, status checked": {"priority": ["1"], "status": ["checked"]},
    "patient class emergency": {"patient_class": "E"},
    "reader: me": {"reader": "me"},
    "reader: nobody": {"reader": "nobody"},
    "reader: a colleague": {"reader": "colleague1"},
    "subspecialty pathology (rare)": {"subspecialty": "pathology"},
    "pathology, inpatients, STAT": {"subspecialty": "pathology", "patient_class": "I", "priority": ["1"]},
    "overdue": {"overdue": "1"},
    "images still arriving": {"arriving": "1"},
    "referring physician": {"physician": "adler"},
    "referring physician (none)": {"physician": "nobody"},
    "modality CT": {"modality": "CT"},
    "modality SM (rare)": {"modality": "SM"},
    "body part chest": {"body_part": "chest"},
    "body part that nobody has": {"body_part": "nose"},
    "one facility": {"facility": "F1"},
    "a facility out of sight": {"facility": "F2"},
    "final CT of the chest, emergency": {"status": ["final"], "modality": "CT", "body_part": "chest", "patient_class": "E"},
    "one day": {"date_preset": "range", "date_from": "2020-03-01", "date_to": "2020-03-01"},
    "five years": {"date_preset": "range", "date_from": "2017-01-01", "date_to": "2021-12-31"},
    "one month": {"date_preset": "range", "date_from": "2020-03-01", "date_to": "2020-03-31"},
    "today": {"date_preset": "today"},
    "7 days": {"date_preset": "week"},
    "family name": {"q": "meier"},
    "name begins with meier an": {"q": "meier an"},
    "one accession number": {"q": "a0000777"},
    "nobody's name": {"q": "zzz"},
    "final, of a family name, emergency": {"q": "meier", "status": ["final"], "patient_class": "E"},
    "one patient ID": {"q": "p000777"},
    "CT of a name in a week": {"q": "silva ct", "date_preset": "range", "date_from": "2020-03-01", "date_to": "2020-03-07"},
}  # fmt: skip


def first_address(client: Client, filters: dict[str, object], **order: str) -> str:
    """Return the address to which the filter form leads."""
    return client.post("/worklist/search/", {"list": "all", **filters, **order})["Location"]


def worst_sorts(client: Client, filters: dict[str, object], rounds: int) -> tuple[str, list[float]]:
    """Return the slowest order of a filter, and every duration of all orders."""
    durations: list[float] = []
    worst = ("", 0.0)
    for column in COLUMNS:
        for direction in ("asc", "desc"):
            address = first_address(client, filters, sort=column.key, dir=direction)
            taken = times_ms(lambda address=address: page(client, address), rounds=rounds, warm_up=1)
            durations += taken
            worst = max(worst, (f"{column.key} {direction}", percentile(taken, 0.5)), key=lambda one: one[1])
    return f"{worst[0]} {worst[1]:.0f}", durations


def page(client: Client, address: str) -> dict[str, object]:
    """Ask for a page, which must come."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.context["page"] if answer.context else {}


def depths(client: Client, rounds: int) -> list[tuple[str, list[float]]]:
    """Time first, middle and last page of every order of everything."""
    rows = []
    for column in COLUMNS:
        first = f"/worklist/?sort={column.key}&dir=asc"
        for name, address in [
            ("first", first),
            ("middle", f"{first}&after=1.2.3.777.3"),
            ("last", f"{first}&last=1"),
        ]:
            rows.append(
                (
                    f"by {column.key}, {name} page",
                    times_ms(lambda address=address: page(client, address), rounds=rounds, warm_up=1),
                )
            )
    return rows


def main() -> None:
    """Fill the database, then time pages."""
    settings.ALLOWED_HOSTS = ["*"]
    call_command("migrate", verbosity=0)
    if not Facility.objects.exists():
        fill(OPTIONS.studies, OPTIONS.facilities)
    setup_test_environment()
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(
        User.objects.get(username="reader"), backend="django.contrib.auth.backends.ModelBackend"
    )
    engine = settings.DATABASES["default"]["ENGINE"].rsplit(".")[-1]
    print(
        f"{Study.objects.count():,} studies, {Facility.objects.count()} facilities (the reader sees two), {engine}"
    )
    lists = [
        (
            f"list: {one.label}",
            times_ms(lambda key=one.key: page(client, f"/worklist/?list={key}"), rounds=20),
        )
        for one in BUILT_IN
    ]
    counts = times_ms(lambda: client.get("/worklist/counts/"), rounds=20)
    print_table([*lists, ("numbers of all tabs, mostly kept", counts)])
    print_table(depths(client, OPTIONS.rounds))
    print(
        "Each filter in all orders, upwards and downwards: the slowest order and its median, then all of them."
    )
    everything: list[float] = []
    for name, filters in FILTERS.items():
        if OPTIONS.filter in name:
            worst, durations = worst_sorts(client, filters, OPTIONS.rounds)
            everything += durations
            print_table([(f"{name[:34]} ({worst})", durations)])
    print_table([("all filters in all orders", everything)])


if __name__ == "__main__":
    main()

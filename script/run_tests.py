"""Runs the tests: all on SQLite, those that touch the database again on PostgreSQL, and the front end's units."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from postgres import given_or_temporary_postgres

ROOT = Path(__file__).resolve().parent.parent


# The whole system runs in processes of its own, with its own database; the parts run inside the test process.
_PARTS = "not browser and not system"
# The pixel library knows no database, so once is enough.
_WITHOUT_DATABASE = ("--ignore=tests/dicomkit", "--ignore=tests/conformance")


def main(arguments: list[str]) -> int:
    """Run everything and return 0 only if all passed; with arguments, run pytest once with them."""
    if arguments:
        return _pytest(*arguments)
    # Both Python runs use one core; together they take little longer than the slower one.
    with ThreadPoolExecutor(1) as beside:
        on_postgres = beside.submit(_on_postgres, "-m", _PARTS, *_WITHOUT_DATABASE)
        statuses = {"front end": _front_end_tests(), "Python on SQLite": _pytest("-m", _PARTS)}
        statuses["Python on PostgreSQL"], printed = on_postgres.result()
    print(printed, flush=True)
    statuses["whole system and browser"] = _pytest("-m", f"not ({_PARTS})")
    failed = [name for name, status in statuses.items() if status]
    for name, status in statuses.items():
        print(f"{name}: {'failed' if status else 'passed'}")
    return 1 if failed else 0


def _on_postgres(*arguments: str) -> tuple[int, str]:
    """Return the status and what was printed, which would mix with what the others print."""
    with given_or_temporary_postgres() as url:
        ended = subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments],
            cwd=ROOT,
            env={**os.environ, "PACS_DATABASE_URL": url},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    return ended.returncode, ended.stdout


def _pytest(*arguments: str) -> int:
    return subprocess.call([sys.executable, "-m", "pytest", *arguments], cwd=ROOT)


def _front_end_tests() -> int:
    node = Path(os.environ.get("PACS_TEST_NODE", "node"))
    environment = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    return subprocess.call(["npm", "run", "--silent", "test"], cwd=ROOT / "frontend", env=environment)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Runs the tests: all on SQLite, those that touch the database again on PostgreSQL, and the front end's units."""

import os
import subprocess
import sys
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
    statuses = {
        "front end": _front_end_tests(),
        "Python on SQLite": _pytest("-m", _PARTS),
        "whole system and browser": _pytest("-m", f"not ({_PARTS})"),
        "Python on PostgreSQL": _on_postgres("-m", _PARTS, *_WITHOUT_DATABASE),
    }
    failed = [name for name, status in statuses.items() if status]
    for name, status in statuses.items():
        print(f"{name}: {'failed' if status else 'passed'}")
    return 1 if failed else 0


def _on_postgres(*arguments: str) -> int:
    with given_or_temporary_postgres() as url:
        return _pytest(*arguments, PACS_DATABASE_URL=url)


def _pytest(*arguments: str, **environment: str) -> int:
    return subprocess.call(
        [sys.executable, "-m", "pytest", *arguments], cwd=ROOT, env={**os.environ, **environment}
    )


def _front_end_tests() -> int:
    node = Path(os.environ.get("PACS_TEST_NODE", "node"))
    environment = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    return subprocess.call(["npm", "run", "--silent", "test"], cwd=ROOT / "frontend", env=environment)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

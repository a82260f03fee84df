"""Runs every check to its end and reports those that failed."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main(node: str) -> int:
    """Run all checks; return 0 only if all passed."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "pacs_site.settings_test",
        "PACS_DATA_DIR": tempfile.mkdtemp(prefix="reading-room-check-"),
        "PYTHONPATH": str(ROOT),
        "PATH": f"{Path(node).parent}{os.pathsep}{os.environ.get('PATH', '')}",
    }
    failed = [
        name for name, command, folder in _checks() if not _passes(name, command, ROOT / folder, environment)
    ]
    print(
        f"\n{len(_checks()) - len(failed)} checks passed, {len(failed)} failed"
        + "".join(f"\n  {name}" for name in failed)
    )
    return 1 if failed else 0


def _checks() -> list[tuple[str, list[str], str]]:
    python = [sys.executable, "-m"]
    tools = Path(sys.executable).parent
    manage = [sys.executable, "manage.py"]
    return [
        ("lint", [*python, "ruff", "check", "."], "."),
        ("format", [*python, "ruff", "format", "--check", "."], "."),
        ("types", [*python, "mypy"], "."),
        ("import layers", [sys.executable, str(tools / "lint-imports"), "--no-cache"], "."),
        ("templates", [*python, "djlint", "templates", "--check", "--lint", "--quiet"], "."),
        ("migrations", [*manage, "makemigrations", "--check", "--dry-run"], "."),
        ("django", [*manage, "check", "--fail-level", "WARNING"], "."),
        ("front end", ["npm", "run", "--silent", "check"], "frontend"),
    ]


def _passes(name: str, command: list[str], folder: Path, environment: dict[str, str]) -> bool:
    print(f"--- {name}", flush=True)
    return subprocess.call(command, cwd=folder, env=environment) == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

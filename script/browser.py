"""Finds a Chromium for the browser tests: the machine's, else Debian's where we are root, else one from a package.

The browser tests are never skipped: where no browser can be had, the test run fails and says so.
"""

import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
# A build without a window system that ships inside its package, with the libraries that a bare machine lacks.
_PACKAGE = "@sparticuz/chromium@153.0.0"
_UNPACK = """
const fs = require("node:fs"), zlib = require("node:zlib");
for (const [from, to] of [["chromium.br", "chromium"], ["al2023.tar.br", "libraries.tar"]])
  fs.writeFileSync(`${process.argv[2]}/${to}`, zlib.brotliDecompressSync(fs.readFileSync(`${process.argv[1]}/${from}`)));
"""


def find_chromium(folder: Path, node: Path, npm: Callable[..., None]) -> dict[str, str]:
    """Return the environment that tells the browser tests which Chromium to start.

    Parameters
    ----------
    folder
        Where a packaged browser is put, if one is needed.
    node, npm
        Node's program, and a function that runs npm with arguments.
    """
    named = os.environ.get("PACS_TEST_CHROMIUM")
    found = named or _on_path() or _from_debian()
    if found:
        return {"PACS_TEST_CHROMIUM": found}
    return _from_package(folder, node, npm)


def _on_path() -> str | None:
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


def _from_debian() -> str | None:
    if os.getuid() != 0 or shutil.which("apt-get") is None:
        return None
    print("setting up: installing Debian's Chromium", file=sys.stderr, flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "chromium"]):
        if subprocess.call(["apt-get", *arguments], env=environment, stdout=sys.stderr):
            return None
    return _on_path()


def _from_package(folder: Path, node: Path, npm: Callable[..., None]) -> dict[str, str]:
    program, libraries = folder / "chromium", folder / "al2023" / "lib"
    if not program.exists():
        print("setting up: installing a packaged Chromium", file=sys.stderr, flush=True)
        folder.mkdir(parents=True, exist_ok=True)
        npm("install", "--prefix", str(folder), "--no-audit", "--no-fund", "--loglevel=error", _PACKAGE)
        packed = folder / "node_modules" / "@sparticuz" / "chromium" / "bin"
        subprocess.run([str(node), "-e", _UNPACK, str(packed), str(folder)], check=True)
        with tarfile.open(folder / "libraries.tar") as archive:
            archive.extractall(folder / "al2023", filter="data")
        program.chmod(0o755)
    linked = subprocess.run(["ldd", str(program)], capture_output=True, text=True, check=False).stdout
    environment = {"PACS_TEST_CHROMIUM": str(program)}
    if "not found" in linked:
        environment["PACS_TEST_CHROMIUM_LIBRARIES"] = str(libraries)
    return environment

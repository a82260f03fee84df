"""Which Node builds the front end: the machine's where it will do, else the one from a Python wheel."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.running_system import ROOT

PACKAGED = ROOT / ".venv"


def _chosen(path: Path) -> Path:
    """Return the Node that the set-up chooses where these are all the programs of the machine."""
    code = "import bootstrap; print(bootstrap.node())"
    command = [sys.executable, "-c", code]
    environment = {"PATH": str(path), "PYTHONPATH": str(ROOT / "script")}
    return Path(
        subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    )


def _program(path: Path, script: str) -> None:
    path.write_text(script)
    path.chmod(0o755)


def test_a_node_of_the_machine_that_is_new_enough_is_used(tmp_path):
    _program(tmp_path / "node", "#!/bin/sh\necho v20.19.0\n")
    _program(tmp_path / "npm", "#!/bin/sh\n")

    assert _chosen(tmp_path) == tmp_path / "node"


@pytest.mark.parametrize(
    ("node", "has_npm"),
    [
        (None, False),
        ("#!/bin/sh\necho v20.18.3\n", True),
        ("#!/bin/sh\necho v18.20.8\n", True),
        ("#!/bin/sh\necho unknown\n", True),
        ("\x7fELF of another machine", True),
        ("#!/bin/sh\necho v24.1.0\n", False),
    ],
    ids=["none", "a little old", "old", "strange", "of another machine", "without npm"],
)
def test_else_the_one_from_the_wheel_is_used_and_works(tmp_path, node, has_npm):
    if node is not None:
        _program(tmp_path / "node", node)
    if has_npm:
        _program(tmp_path / "npm", "#!/bin/sh\n")

    chosen = _chosen(tmp_path)

    assert chosen.is_relative_to(PACKAGED)
    version = subprocess.run([chosen, "--version"], capture_output=True, text=True, check=True).stdout
    assert int(version.lstrip("v").split(".")[0]) >= 20

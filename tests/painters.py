"""Both painters of the reading page in a bundle of their own, for a test and for a benchmark."""

import subprocess
from pathlib import Path

FRONTEND = Path(__file__).resolve().parent.parent / "frontend"
_BUILD = """
import { build } from "vite";
const [entry, outDir] = process.argv.slice(1);
const lib = { entry, formats: ["iife"], name: "painters", fileName: () => "painters.js" };
await build({ configFile: false, logLevel: "error", build: { lib, outDir, emptyOutDir: true } });
"""


def bundled_painters(folder: Path) -> str:
    """Return a script that leaves the functions of frontend/bench/painters.ts in the global `painters`."""
    command = ["node", "--input-type=module", "-e", _BUILD, "bench/painters.ts", str(folder)]
    subprocess.run(command, cwd=FRONTEND, check=True, timeout=120)
    return (folder / "painters.js").read_text()

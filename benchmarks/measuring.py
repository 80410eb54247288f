"""What the benchmarks share: the clock, a line of the table, and peers in environments of their own."""

from __future__ import annotations

import gc
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
PEERS = ROOT / "var"
OUT = ROOT / "var" / "benchmarks"


@dataclass
class Line:
    """One row of the table."""

    work: str
    bar: str
    measured: str
    met: bool | None


_clock: Callable[[], float] = time.perf_counter


def count_processor_time() -> None:
    """From now on the time of all cores together, not by the clock: for a machine that others use too."""
    global _clock
    _clock = time.process_time


def now() -> float:
    """Seconds on the clock in use."""
    return _clock()


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    gc.collect()
    start = now()
    value = work()
    return now() - start, value


def best_of(times: int, work: Callable[[], Any]) -> tuple[float, Any]:
    runs = [timed(work) for _ in range(times)]
    return min(seconds for seconds, _ in runs), runs[0][1]


def peer(package: str) -> Path:
    """The interpreter of a peer's own environment, made from the package registry when it is missing."""
    place = PEERS / f"peers-{package}"
    if not (place / "bin" / "python").exists():
        subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
        subprocess.run([str(place / "bin" / "python"), "-m", "pip", "install", "--quiet", package], check=True)
    return place / "bin" / "python"


def asked(package: str, script: str, *arguments: str) -> dict[str, Any]:
    """What a peer's script prints, as JSON; its complaint under "error"."""
    file = Path(__file__).with_name(script)
    clock = "cpu" if _clock is time.process_time else "wall"
    done = subprocess.run(
        [str(peer(package)), str(file), *arguments, clock], capture_output=True, text=True, check=False
    )
    return dict(json.loads(done.stdout)) if not done.returncode else {"error": done.stderr.strip()[-160:]}


def machine() -> str:
    model = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        "",
    )
    return f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}, NumPy {np.__version__}"

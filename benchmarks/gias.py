"""Reads an invented extract of the register, measures time and memory of preview and application.

    python benchmarks/gias.py                     # 50,000 schools into a fresh SQLite file
    python benchmarks/gias.py --rows 5000
    python benchmarks/gias.py --database postgres://postgres@127.0.0.1:5432/gias_benchmark   # an empty database

Three imports run one after the other, each in a process of its own: all new; again, so that nothing changes; and a
later extract with changes. Processor time is printed beside the clock’s, for busy
machines. Peak memory is that of the whole process, Django included, as the kernel counts it.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

HEADINGS = [
    "URN", "LA (code)", "LA (name)", "EstablishmentNumber", "EstablishmentName", "TypeOfEstablishment (name)",
    "EstablishmentStatus (name)", "OpenDate", "CloseDate", "PhaseOfEducation (name)", "StatutoryLowAge",
    "StatutoryHighAge", "Gender (name)", "ReligiousCharacter (name)", "NumberOfPupils", "Trusts (code)",
    "Trusts (name)", "Street", "Locality", "Town", "County (name)", "Postcode", "SchoolWebsite", "TelephoneNum",
    "HeadTitle (name)", "HeadFirstName", "HeadLastName", "HeadPreferredJobTitle", "GOR (name)",
    "ParliamentaryConstituency (name)",
    "UrbanRural (name)", "Easting", "Northing", "LSOA (name)", "LastChangedDate",
]  # fmt: skip
_FIRST = ["Amara", "Bryn", "Céline", "Dev", "Esi", "Fionn", "Grace", "Hana", "Iolo", "Jürgen", "Kemi", "Léa", "Siân"]
_LAST = ["Adeyemi", "Brown", "O’Connor", "D'Souza", "Evans", "Farouk", "Garcia", "Hughes", "Ibrahim", "Jones", "Núñez"]
_SAINTS = [
    "St Mary’s",
    "St John’s",
    "Holy Trinity",
    "All Saints",
    "Hillside",
    "Riverside",
    "Oak Tree",
    "Manor",
    "Ashfield",
]
_PHASES = [("Primary", "Primary School"), ("Secondary", "High School"), ("Nursery", "Nursery School"),
           ("All-through", "Academy"), ("16 plus", "Sixth Form College"),
           ("Not applicable", "Special School")]  # fmt: skip


def schools(rows: int, *, later: bool = False, seed: int = 7) -> Iterator[list[str]]:
    """Invented rows. `later`: the same schools some months on, one in twenty changed."""
    chance, change = random.Random(seed), random.Random(seed + 1)
    for number in range(rows):
        phase, kind = chance.choices(_PHASES, weights=[70, 15, 4, 3, 2, 6])[0]
        status = "Closed" if chance.random() < 0.08 else "Open"
        trust = f"{chance.choice(_SAINTS)} Learning Trust {chance.randrange(1300)}" if chance.random() < 0.45 else ""
        head = [chance.choice(["Mrs", "Mr", "Ms", "Dr"]), chance.choice(_FIRST), chance.choice(_LAST)]
        if later and change.random() < 0.05:
            head = ["Ms", change.choice(_FIRST), change.choice(_LAST)]
            status = change.choice(["Open", "Open", "Closed"])
        row = dict.fromkeys(HEADINGS, "")
        row |= {
            "URN": str(100_000 + number),
            "LA (name)": f"Borough {chance.randrange(150)}",
            "EstablishmentName": f"{chance.choice(_SAINTS)} {kind}, Ward {number % 9000}",
            "TypeOfEstablishment (name)": "Community special school" if phase == "Not applicable" else f"{phase} type",
            "EstablishmentStatus (name)": status,
            "PhaseOfEducation (name)": phase,
            "NumberOfPupils": str(chance.randrange(20, 1800)),
            "Trusts (name)": trust,
            "Street": f"{chance.randrange(200)} Long Street",
            "Postcode": f"{chance.choice('BELNSW')}{chance.randrange(1, 20)} {chance.randrange(1, 9)}AB",
            "HeadTitle (name)": head[0],
            "HeadFirstName": head[1],
            "HeadLastName": head[2],
            "Easting": str(chance.randrange(80_000, 655_000)),
            "Northing": str(chance.randrange(5_000, 657_000)),
        }
        yield list(row.values())


def write(file: Path, rows: int, *, later: bool = False) -> None:
    with file.open("w", encoding="cp1252", newline="") as stream:
        out = csv.writer(stream)
        out.writerow(HEADINGS)
        out.writerows(schools(rows, later=later))


_RUN = """
import resource, sys, time
import django
django.setup()
from django.core.management import call_command
began = time.monotonic()
call_command("import_gias", sys.argv[1], apply=True, show=0)
print("SECONDS", round(time.monotonic() - began, 1))
print("CPU", round(time.process_time(), 1))
print("PEAK", round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--database", help="DATABASE_URL of an empty database; a fresh SQLite file without it.")
    options = parser.parse_args()
    within = True
    with tempfile.TemporaryDirectory() as folder:
        first, later = Path(folder, "gias.csv"), Path(folder, "later.csv")
        write(first, options.rows)
        write(later, options.rows, later=True)
        environ = {
            **os.environ,
            "DATABASE_URL": options.database or f"sqlite:///{folder}/db.sqlite3",
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "site")]),
        }
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environ, check=True)
        print(f"{options.rows:,} schools, {first.stat().st_size / 1e6:.1f} MB, {environ['DATABASE_URL'].split(':')[0]}")
        for title, file in (("all new", first), ("nothing changed", first), ("some changed", later)):
            began = time.monotonic()
            done = subprocess.run(
                [sys.executable, "-c", _RUN, str(file)],
                cwd=ROOT,
                env=environ,
                check=True,
                capture_output=True,
                text=True,
            )
            figures = dict(re.findall(r"^(SECONDS|CPU|PEAK) ([\d.]+)$", done.stdout, re.MULTILINE))
            took = f"{figures['SECONDS']:>6} s ({figures['CPU']} s of processor)"
            print(f"{title:>16}: {took}, peak {figures['PEAK']} MB, process {time.monotonic() - began:.1f} s")
            for line in done.stdout.splitlines():
                if re.match(r"\s+[\d,]+  ", line):
                    print(" " * 18 + line.strip())
            within &= float(figures["SECONDS"]) <= 60 and int(figures["PEAK"]) <= 300
    print("within 60 s and 300 MB" if within else "NOT within 60 s and 300 MB")
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())

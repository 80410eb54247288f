"""`make walk`: the walk in a database of its own. `--keep` keeps what it made, to be looked at afterwards."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(1, str(ROOT / "site"))


def main() -> int:
    parser = argparse.ArgumentParser(prog="make walk", description=__doc__)
    parser.add_argument("--keep", action="store_true", help="keep what was made")
    keep = parser.parse_args().keep
    # Mail goes nowhere and work is done at once: the settings of the tests.
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    os.environ["DATABASE_URL"] = f"sqlite:///{ROOT / 'var' / 'walk.sqlite3'}"
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import transaction

    from .walking import RealPeople, walk

    call_command("migrate", verbosity=0, interactive=False)
    try:
        with transaction.atomic():
            walk()
            if not keep:
                transaction.set_rollback(True)
    except RealPeople as refused:
        print(f"{refused} It is var/walk.sqlite3: remove it to walk again.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

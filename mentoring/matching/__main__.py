"""The command-line door: `python -m mentoring.matching --help`."""

import sys

from mentoring.matching.door.command import main

sys.exit(main())

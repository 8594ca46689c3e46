"""One run as a process of its own, which a test may kill: `python -m tests.notify.runner`.

It is given the site's folder, the ledger, the port of the mail server, the minutes after six, and
how many readers there are.
"""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from pathlib import Path

from statusgen.notify import open_ledger
from tests.notify.places import NOW, Place

AHEAD = 2
"""How many mails may be under way before it is written down that they are."""


def main() -> None:
    """Send what is due."""
    root, where, port, minutes, count = sys.argv[1:]
    place = Place(Path(root), int(port), NOW + timedelta(minutes=int(minutes)))
    place.subscribe([f"ada-{number}@example.com" for number in range(int(count))])
    ledger = open_ledger(Path(root), where)
    ledger.ahead = AHEAD
    place.desk(ledger, by=str(os.getpid()), connections=1).send()


if __name__ == "__main__":
    main()

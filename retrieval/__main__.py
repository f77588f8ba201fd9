"""Run the command line: `python -m retrieval`."""

import sys

from retrieval.cli.commands import main

sys.exit(main())

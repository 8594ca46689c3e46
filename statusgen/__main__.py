"""Lets `python -m statusgen` do what the console script does."""

from statusgen.cli import main

main()

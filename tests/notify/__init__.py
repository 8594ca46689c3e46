"""Tests of telling: what is due, to whom, and that it arrives once."""

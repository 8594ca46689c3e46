"""Tests of how findings are told."""

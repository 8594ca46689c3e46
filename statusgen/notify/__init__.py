"""Telling people: which updates are news, and each to each reader once."""

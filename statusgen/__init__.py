"""Status pages from incident files in git."""

__version__ = "0.1.0"

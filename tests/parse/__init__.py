"""The tests of what turns documents into facts."""

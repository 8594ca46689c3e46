"""What the tests need that is no Python package."""

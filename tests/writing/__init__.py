"""Tests of writing: what somebody says becomes a file that means it, and nothing else changes."""

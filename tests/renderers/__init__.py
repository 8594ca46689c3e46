"""Tests of what is written: pages, static files, feeds and mails."""

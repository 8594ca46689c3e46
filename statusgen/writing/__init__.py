"""Writing under stress: the words of a command line become a file that is right."""

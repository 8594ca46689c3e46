"""The same rooms as `statusgen/`: one file of tests for each file of code."""

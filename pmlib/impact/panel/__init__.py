"""Launches that some units got and others did not: difference-in-differences and its kin."""

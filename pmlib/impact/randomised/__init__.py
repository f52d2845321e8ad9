"""Randomised tests: who was given what by lot, and what came of it."""

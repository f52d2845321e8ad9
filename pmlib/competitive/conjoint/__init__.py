"""Choices between made-up offers: what each level is worth, who would win a shelf, and what to build."""

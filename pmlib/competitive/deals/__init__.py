"""Decided deals: how often they are won, against whom, and what goes with winning."""

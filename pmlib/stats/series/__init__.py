"""Forecasts of a series on arrays: how it may go on, and how far such forecasts were off before."""

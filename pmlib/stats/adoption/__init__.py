"""Curves of adoption and how to fit them: arrays in, parameters with their errors out."""

from pmlib.stats.adoption.curves import CURVES, Curve
from pmlib.stats.adoption.fit import Band, Fit, fit, fit_many

__all__ = ["CURVES", "Band", "Curve", "Fit", "fit", "fit_many"]

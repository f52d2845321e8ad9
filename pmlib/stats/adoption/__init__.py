"""Curves of adoption and how to fit them: arrays in, parameters with their errors out."""

from pmlib.stats.adoption.curves import CURVES, Curve
from pmlib.stats.adoption.fit import Fit, fit, fit_many

__all__ = ["CURVES", "Curve", "Fit", "fit", "fit_many"]

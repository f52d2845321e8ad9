"""Curves of adoption and how to fit them: arrays in, parameters with their errors out."""

from pmlib.stats.adoption.curves import CURVES, Curve
from pmlib.stats.adoption.fit import Band, Fit, fit, fit_many
from pmlib.stats.adoption.generations import Generations, generations
from pmlib.stats.adoption.likelihood import Likeliest, likeliest
from pmlib.stats.adoption.ordinary import Parabola, parabola

__all__ = [
    "CURVES",
    "Band",
    "Curve",
    "Fit",
    "Generations",
    "Likeliest",
    "Parabola",
    "fit",
    "fit_many",
    "generations",
    "likeliest",
    "parabola",
]

"""Survey weights: how a sample was drawn, weighting to a population, and errors that know of both."""

from pmlib.stats.weights.calibration import calibrate
from pmlib.stats.weights.design import Design, design
from pmlib.stats.weights.effect import kish_effect, kish_size
from pmlib.stats.weights.estimates import (
    Estimate,
    Statistic,
    design_effect,
    estimate,
    mean,
    ratio,
    simple_variance,
    t_quantile,
    total,
)
from pmlib.stats.weights.margins import Margin, Total, agreed, check_margin, check_size
from pmlib.stats.weights.post_stratification import post_stratify
from pmlib.stats.weights.proportion import proportion_interval
from pmlib.stats.weights.quantile import Quantile, quantile
from pmlib.stats.weights.raking import rake, raked_weights, worst_gap
from pmlib.stats.weights.sample import Sample, drawn
from pmlib.stats.weights.trimming import trim

__all__ = [
    "Design",
    "Estimate",
    "Margin",
    "Quantile",
    "Sample",
    "Statistic",
    "Total",
    "agreed",
    "calibrate",
    "check_margin",
    "check_size",
    "design",
    "design_effect",
    "drawn",
    "estimate",
    "kish_effect",
    "kish_size",
    "mean",
    "post_stratify",
    "proportion_interval",
    "quantile",
    "rake",
    "raked_weights",
    "ratio",
    "simple_variance",
    "t_quantile",
    "total",
    "trim",
    "worst_gap",
]

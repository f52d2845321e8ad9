"""What a survey says of a population: incidence, and how good its weights are."""

from pmlib.sizing.survey.incidence import incidence
from pmlib.sizing.survey.weighting import weighting

__all__ = ["incidence", "weighting"]

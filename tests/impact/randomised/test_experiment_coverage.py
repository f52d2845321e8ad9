"""A small part of what `make honesty` measures of experiments: intervals hold the effect that was put in."""

import importlib.util
from pathlib import Path

HONESTY = Path(__file__).parents[2] / "honesty" / "experiment.py"


def test_intervals_of_every_kind_of_metric_hold_the_effect():
    spec = importlib.util.spec_from_file_location("experiment_honesty", HONESTY)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for clustered, tests in ((False, 60), (True, 15)):
        for metric, held in module.covered(tests, clustered=clustered).items():
            assert held >= 0.8, metric

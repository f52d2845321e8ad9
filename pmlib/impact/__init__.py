"""What did past launches do, and what will the next one do? Tests, counterfactuals and forecasts."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

# At once: in this form a function wins over a module or folder of its name.
from pmlib.impact.data_check import DataCheck, data_check
from pmlib.impact.effect import Effect
from pmlib.impact.evidence import Evidence, evidence
from pmlib.impact.feature.forecast import Feature, feature
from pmlib.impact.kpi import Kpi, kpi
from pmlib.impact.panel.panel import Panel, panel

if TYPE_CHECKING:
    from pmlib.impact.feature.drivers import Drivers, drivers
    from pmlib.impact.feature.portfolio import Portfolio, portfolio
    from pmlib.impact.feature.scenarios import Scenarios, scenarios
    from pmlib.impact.feature.worth_testing import WorthTesting, worth_testing
    from pmlib.impact.forecast.backtest import Backtest, backtest
    from pmlib.impact.forecast.baseline import Baseline, baseline
    from pmlib.impact.forecast.cross_validation import CrossValidation, cross_validation
    from pmlib.impact.forecast.track_record import TrackRecord, track_record
    from pmlib.impact.interrupted.before_after import BeforeAfter, before_after
    from pmlib.impact.interrupted.launches import Launches, launches
    from pmlib.impact.interrupted.placebos import Placebos, placebos
    from pmlib.impact.panel.comparison import DifferenceInDifferences
    from pmlib.impact.panel.did import did
    from pmlib.impact.panel.event_study import EventStudy, event_study
    from pmlib.impact.panel.imputation import Imputation, imputation
    from pmlib.impact.panel.means import did_of_means
    from pmlib.impact.panel.mix import Mix, mix
    from pmlib.impact.panel.placebo_units import PlaceboUnits, placebo_units
    from pmlib.impact.panel.staggered import Staggered, staggered
    from pmlib.impact.panel.synthetic import Synthetic, synthetic
    from pmlib.impact.past.leave_one_out import LeaveOneOut, leave_one_out
    from pmlib.impact.past.ledger import Ledger, ledger
    from pmlib.impact.randomised.aa_check import AACheck, aa_check
    from pmlib.impact.randomised.day_by_day import DayByDay, day_by_day
    from pmlib.impact.randomised.experiment import Experiment, experiment
    from pmlib.impact.randomised.plan_test import Plan, plan_test
    from pmlib.impact.randomised.sample_ratio import SampleRatio, sample_ratio

__all__ = [
    "AACheck",
    "Backtest",
    "Baseline",
    "BeforeAfter",
    "CrossValidation",
    "DataCheck",
    "DayByDay",
    "DifferenceInDifferences",
    "Drivers",
    "Effect",
    "EventStudy",
    "Evidence",
    "Experiment",
    "Feature",
    "Imputation",
    "Kpi",
    "Launches",
    "LeaveOneOut",
    "Ledger",
    "Mix",
    "Panel",
    "PlaceboUnits",
    "Placebos",
    "Plan",
    "Portfolio",
    "SampleRatio",
    "Scenarios",
    "Staggered",
    "Synthetic",
    "TrackRecord",
    "WorthTesting",
    "aa_check",
    "backtest",
    "baseline",
    "before_after",
    "cross_validation",
    "data_check",
    "day_by_day",
    "did",
    "did_of_means",
    "drivers",
    "event_study",
    "evidence",
    "experiment",
    "feature",
    "imputation",
    "kpi",
    "launches",
    "leave_one_out",
    "ledger",
    "mix",
    "panel",
    "placebo_units",
    "placebos",
    "plan_test",
    "portfolio",
    "sample_ratio",
    "scenarios",
    "staggered",
    "synthetic",
    "track_record",
    "worth_testing",
]

# The other methods are imported when they are asked for: no report asks for all.
LATE = {
    "AACheck": "randomised.aa_check",
    "Backtest": "forecast.backtest",
    "Baseline": "forecast.baseline",
    "BeforeAfter": "interrupted.before_after",
    "CrossValidation": "forecast.cross_validation",
    "DayByDay": "randomised.day_by_day",
    "DifferenceInDifferences": "panel.comparison",
    "Drivers": "feature.drivers",
    "EventStudy": "panel.event_study",
    "Experiment": "randomised.experiment",
    "Imputation": "panel.imputation",
    "Launches": "interrupted.launches",
    "LeaveOneOut": "past.leave_one_out",
    "Ledger": "past.ledger",
    "Mix": "panel.mix",
    "PlaceboUnits": "panel.placebo_units",
    "Placebos": "interrupted.placebos",
    "Plan": "randomised.plan_test",
    "Portfolio": "feature.portfolio",
    "SampleRatio": "randomised.sample_ratio",
    "Scenarios": "feature.scenarios",
    "Staggered": "panel.staggered",
    "Synthetic": "panel.synthetic",
    "TrackRecord": "forecast.track_record",
    "WorthTesting": "feature.worth_testing",
    "aa_check": "randomised.aa_check",
    "backtest": "forecast.backtest",
    "baseline": "forecast.baseline",
    "before_after": "interrupted.before_after",
    "cross_validation": "forecast.cross_validation",
    "day_by_day": "randomised.day_by_day",
    "did": "panel.did",
    "did_of_means": "panel.means",
    "drivers": "feature.drivers",
    "event_study": "panel.event_study",
    "experiment": "randomised.experiment",
    "imputation": "panel.imputation",
    "launches": "interrupted.launches",
    "leave_one_out": "past.leave_one_out",
    "ledger": "past.ledger",
    "mix": "panel.mix",
    "placebo_units": "panel.placebo_units",
    "placebos": "interrupted.placebos",
    "plan_test": "randomised.plan_test",
    "portfolio": "feature.portfolio",
    "sample_ratio": "randomised.sample_ratio",
    "scenarios": "feature.scenarios",
    "staggered": "panel.staggered",
    "synthetic": "panel.synthetic",
    "track_record": "forecast.track_record",
    "worth_testing": "feature.worth_testing",
}


def __getattr__(name: str) -> Any:
    if name not in LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{LATE[name]}"), name)


def __dir__() -> list[str]:
    return [*globals(), *LATE]

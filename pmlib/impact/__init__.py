"""What did past launches do, and what will the next one do? Tests, counterfactuals and forecasts."""

# Plain imports, in this form: a function may share its module's name, and the function must win.
from pmlib.impact.data_check import DataCheck, data_check
from pmlib.impact.effect import Effect
from pmlib.impact.forecast.track_record import TrackRecord, track_record
from pmlib.impact.kpi import Kpi, kpi
from pmlib.impact.panel.panel import Panel, panel
from pmlib.impact.panel.synthetic import Synthetic, synthetic

__all__ = [
    "DataCheck",
    "Effect",
    "Kpi",
    "Panel",
    "Synthetic",
    "TrackRecord",
    "data_check",
    "kpi",
    "panel",
    "synthetic",
    "track_record",
]

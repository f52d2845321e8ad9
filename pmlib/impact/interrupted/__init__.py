"""Interrupted series: what a KPI did after a launch, against what it would have done."""

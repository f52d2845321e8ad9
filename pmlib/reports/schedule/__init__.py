"""Schedules: when a report is due, which due runs are still to do, and who calls for them."""

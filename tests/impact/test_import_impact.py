"""Feature impact is imported quickly: a method, and what reads and draws, come when they are asked for."""

import subprocess
import sys

from pmlib import impact

SLOW = {"pydantic", "duckdb", "statsmodels", "matplotlib", "IPython", "seaborn", "babel"}


def printed(code):
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return done.stdout.split()


def test_neither_readers_nor_charts_nor_all_methods_come_with_the_topic():
    loaded = set(printed("import sys, pmlib.impact; print(*sys.modules)"))
    assert {"pandas", "pmlib.impact.feature.forecast"} <= loaded
    assert not SLOW & {name.partition(".")[0] for name in loaded}
    assert not {f"pmlib.impact.{module}" for module in impact.LATE.values()} & loaded


def test_every_public_name_is_the_method_or_class_itself_in_whatever_order_they_come():
    code = (
        "import pmlib.impact.panel.did, pmlib.impact.feature.drivers; from pmlib import impact; "
        "names = impact.__all__ + impact.__all__[::-1]; "
        "print(*[name for name in names if getattr(impact, name).__name__ != name])"
    )
    assert printed(code) == []


def test_names_that_come_late_are_public_and_listed():
    assert set(impact.LATE) < set(impact.__all__) < set(dir(impact))

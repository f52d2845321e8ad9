"""Market sizing is imported quickly: what only reading or drawing needs does not come with it."""

import subprocess
import sys

SLOW = {"pydantic", "duckdb", "statsmodels", "matplotlib", "IPython", "seaborn", "babel"}


def printed(code):
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return set(done.stdout.split())


def test_what_reads_and_draws_comes_when_something_is_read_or_drawn():
    loaded = printed(
        "import sys; from pmlib import sizing; "
        "print(*{name.partition('.')[0] for name in sys.modules}, *sizing.__all__)"
    )
    assert {"pandas", "scipy", "price_sensitivity"} <= loaded
    assert not SLOW & loaded


def test_no_module_hides_the_functions_of_the_gate():
    modules = "import pmlib.data.reading, pmlib.data.source, pmlib.data.declaration"
    assert printed(f"{modules}; from pmlib import data; print(data.read.__name__, data.source.__name__)") == {
        "read",
        "source",
    }

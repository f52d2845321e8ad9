"""Panels of the literature, as tests read them."""

from pathlib import Path

import pandas as pd

from pmlib import data, impact

REFERENCE = Path(__file__).parents[2] / "reference"


def frame(name):
    return pd.read_csv(REFERENCE / f"{name}.csv.gz")


def mpdta(**parameters):
    """Teenage employment of 500 US counties, of which 191 raised the minimum wage in 2004, 2006 or 2007."""
    table = data.source(
        frame("mpdta"),
        "mpdta",
        unit="countyreal",
        period="year",
        kpis=["lemp"],
        launched="first.treat",
        covariates=["lpop"],
    )
    return impact.panel(table, **parameters)


def banks():
    """Banks in business in Mississippi on 1 July, in the sixth and the eighth Federal Reserve district."""
    july = frame("banks").query("month == 7 and day == 1")
    return july.melt("year", ["bib6", "bib8"], var_name="district", value_name="banks")

"""Would you buy at this price? Each respondent's answers, and what they imply at prices not asked."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pmlib.data import Source
from pmlib.sizing.price.design import Design, design, prices
from pmlib.table import number


@dataclass(frozen=True, eq=False)
class Asked:
    """Answers by respondent and price.

    prices : asked, rising. said : what was answered, respondents × prices, missing where not asked. yes :
        chance of buying, respondents × prices: as answered, or as implied (who buys at a price buys below
        it); missing where neither says.
    implies : whether an answer may imply others: it is yes or no, and somebody was asked several. Where each
        was asked one price, the likeliest curve is that of their shares, evened out; nothing need be filled
        in.
    below, above : where it does, places of the highest price at which a respondent buys before refusing any
        (−1: none), and of the lowest refused after buying at all others (number of prices: none); what is
        missing lies between.
    asked : how many were asked at each price. contradictory : respondents who refuse a price and take a
        higher.
    missing : respondents or answers left out.
    """

    prices: np.ndarray
    said: np.ndarray
    yes: np.ndarray
    below: np.ndarray
    above: np.ndarray
    asked: np.ndarray
    contradictory: int
    implies: bool
    missing: int
    sample: Design


def highest_accepted(survey: Source) -> Asked:
    """Read one row a respondent whose price is the highest that he or she would pay; 0 for none.

    Raises
    ------
    ValueError : a negative or infinite price; a respondent twice.
    """
    frame = survey.frame
    if survey.has("chooser") and (again := frame["chooser"].duplicated() & frame["chooser"].notna()).any():
        row = int(again.to_numpy().argmax())
        raise ValueError(
            f"{survey.name}, row {row}: respondent {frame['chooser'].iloc[row]} answers twice, and no "
            "column says what was chosen; keep the highest price accepted, or give the role chosen"
        )
    price = prices(survey, "price")
    rows = np.flatnonzero(~np.isnan(price))
    most = price[rows]
    steps = np.unique(most[most > 0])
    yes = (most[:, None] >= steps).astype(float)
    end = yes.sum(axis=1).astype(int)
    return Asked(
        prices=steps, said=yes, yes=yes, implies=True, below=end - 1, above=end,
        asked=np.full(len(steps), len(rows)), contradictory=0, missing=len(frame) - len(rows),
        sample=design(survey, frame.index[rows].to_numpy()),
    )  # fmt: skip


def each_asked(survey: Source, answer: np.ndarray, whole: bool) -> Asked:
    """Read one row a respondent and price.

    answer : of each row: 1 yes, 0 no, or a chance between; missing where nothing was said. whole : whether it
        is yes or no.

    Raises
    ------
    ValueError : a negative or infinite price; a respondent or price missing; the same price asked twice.
    """
    frame = survey.frame
    price = prices(survey, "price")
    for role, lost in (("chooser", frame["chooser"].isna().to_numpy()), ("price", np.isnan(price))):
        if lost.any():
            raise ValueError(
                f"{survey.name}, row {lost.argmax()}: {role} is missing; fill it in, or drop the row"
            )
    again = frame.duplicated(["chooser", "price"]).to_numpy()
    if again.any():
        row = int(again.argmax())
        who, found = frame["chooser"].iloc[row], number(price[row])
        raise ValueError(
            f"{survey.name}, row {row}: respondent {who} is asked {found} a second time; keep one answer"
        )
    known = np.flatnonzero(~np.isnan(answer))
    who, first = _respondents(frame["chooser"].iloc[known])
    steps, at = np.unique(price[known], return_inverse=True)
    said = np.full((len(first), len(steps)), np.nan)
    said[who, at] = answer[known]
    several = whole and bool(((~np.isnan(said)).sum(axis=1) > 1).any())
    below, above, implied = implications(said) if several else (np.zeros(0, int), np.zeros(0, int), said)
    return Asked(
        prices=steps, said=said, yes=implied, below=below, above=above,
        asked=(~np.isnan(said)).sum(axis=0),
        contradictory=_contradictory(said) if several else 0, implies=several,
        missing=len(frame) - len(known), sample=design(survey, frame.index[known[first]].to_numpy()),
    )  # fmt: skip


def _respondents(chooser: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    # Number respondents as they come, and find the first row of each.
    who = pd.factorize(chooser)[0]
    return who, np.flatnonzero(~chooser.duplicated().to_numpy())


def implications(said: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Find the bounds of what each respondent leaves open, and fill in what lies beyond them.

    Of one who answers without contradiction that is all but the stretch between the highest price taken and
    the lowest refused; of one who contradicts himself the whole doubtful stretch stays open where he was not
    asked.
    """
    wide = said.shape[1]
    places = np.arange(wide)
    refused = np.where(said == 0, places, wide).min(axis=1)
    taken = np.where(said == 1, places, -1).max(axis=1)
    below = np.where((said == 1) & (places < refused[:, None]), places, -1).max(axis=1)
    above = np.where((said == 0) & (places > taken[:, None]), places, wide).min(axis=1)
    filled = said.copy()
    filled[np.isnan(said) & (places <= below[:, None])] = 1.0
    filled[np.isnan(said) & (places >= above[:, None])] = 0.0
    return below, above, filled


def _contradictory(said: np.ndarray) -> int:
    places = np.arange(said.shape[1])
    refused = np.where(said == 0, places, said.shape[1]).min(axis=1)
    return int((np.where(said == 1, places, -1).max(axis=1) > refused).sum())

"""For which times a report is run as the clock goes on, stands still, jumps and is set back."""

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pmlib.reports.entry import Entry
from pmlib.reports.schedule.choice import choose
from pmlib.reports.schedule.state import KEPT, PASSED, Record, Span, State

START = datetime(2026, 3, 2, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def entry(schedule="0 * * * *", **other):
    return Entry(notebook="tiny", schedule=schedule, **other)


class Scheduler:
    """Runs a report in no time, and keeps what a scheduler keeps."""

    def __init__(self, entry, state=None):
        self.entry, self.state, self.ran = entry, state or State(), []

    def call(self, now):
        """Run what is due; give for which times."""
        ran = []
        while choice := choose(self.entry, self.state, now, now):
            if choice.due:
                ran.append(choice.due)
            record = Record(choice.due or choice.passed[-1], "fresh" if choice.due else PASSED, now, now)
            self.state = self.state.passed_over(choice.passed, now).ended(record)
        self.ran += ran
        return ran

    def spans(self):
        return [(span.first, span.last, span.passed) for span in self.state.spans]


def hours(*numbers):
    return [START + number * HOUR for number in numbers]


def test_each_hour_is_run_once_however_often_the_scheduler_is_called():
    made = Scheduler(entry())
    for minute in range(300):
        made.call(START + minute * MINUTE)
    assert made.ran == hours(0, 1, 2, 3, 4)
    assert made.spans() == [(START, START + 4 * HOUR, False)]


@pytest.mark.parametrize(("back", "every"), [(HOUR, "0 * * * *"), (DAY, "0 * * * *"), (DAY, "* * * * *")])
def test_a_clock_that_is_set_back_repeats_nothing(back, every):
    step = HOUR if every.startswith("0") else MINUTE
    made = Scheduler(entry(every))
    moments = [START + number * step for number in range(2 * DAY // step)]
    for moment in moments:
        made.call(moment)
    assert made.ran == moments
    moment = moments[-1] - back
    while moment <= moments[-1]:
        assert made.call(moment + timedelta(seconds=30)) == []
        moment += step
    assert made.call(moments[-1] + step) == [moments[-1] + step]
    assert len(made.state.records) == min(KEPT, len(made.ran))
    assert len(made.spans()) == 1


def test_a_clock_that_is_set_back_into_an_outage_does_not_run_what_was_passed_over():
    made = Scheduler(entry())
    assert made.call(START) == hours(0)
    assert made.call(START + 9 * HOUR) == hours(9)
    assert made.call(START + 8 * HOUR + MINUTE) == []


@pytest.mark.parametrize("missed", ["latest", "each", "none"])
@pytest.mark.parametrize("ahead", [5 * HOUR, DAY, 3650 * DAY])
def test_a_clock_that_was_ahead_leaves_nothing_stuck(missed, ahead):
    made = Scheduler(entry(missed=missed))
    made.call(START)
    made.call(START + ahead)
    ran = [made.call(START + number * HOUR) for number in range(1, 4)]
    # What was run for those very times while the clock was wrong is not run again.
    assert ran == [[time] if missed != "each" or ahead > 100 * HOUR else [] for time in hours(1, 2, 3)]
    assert made.call(START + ahead + HOUR)


def test_a_report_that_was_new_while_the_clock_was_ahead_is_run_when_it_is_right():
    made = Scheduler(entry())
    made.call(START + 3650 * DAY)
    assert made.call(START) == [START]
    assert made.call(START + MINUTE) == []


def test_an_outage_of_three_days_is_made_up_for_as_the_catalog_says():
    played = {}
    for missed in ("latest", "each", "none"):
        made = Scheduler(entry("0 7 * * *", missed=missed))
        made.call(START + 7 * HOUR)
        made.call(START + 4 * DAY + 9 * HOUR)
        made.call(START + 5 * DAY + 7 * HOUR)
        played[missed] = [time.day for time in made.ran]
    assert played == {"latest": [2, 6, 7], "each": [2, 3, 4, 5, 6, 7], "none": [2, 7]}


def test_of_very_many_that_were_missed_the_last_hundred_are_run():
    made = Scheduler(entry(missed="each"))
    made.call(START)
    assert len(made.call(START + 500 * HOUR)) == 100
    assert made.spans() == [
        (START, START, False),
        (START + HOUR, START + 400 * HOUR, True),
        (START + 401 * HOUR, START + 500 * HOUR, False),
    ]


def test_years_that_went_by_are_passed_over_in_a_moment():
    made = Scheduler(entry("* * * * *"))
    made.call(START)
    assert made.call(START + 3650 * DAY) == [START + 3650 * DAY]
    assert made.call(START + 3650 * DAY) == []


def test_what_is_up_to_fifteen_minutes_late_was_not_missed():
    made = Scheduler(entry(missed="none"))
    assert made.call(START + 16 * MINUTE) == []
    assert made.call(START + HOUR + 15 * MINUTE) == hours(1)
    assert made.call(START + 3 * HOUR + 16 * MINUTE) == []
    assert made.call(START + 4 * HOUR) == hours(4)


def test_a_report_that_waited_for_its_turn_is_not_late():
    called, now = START + MINUTE, START + 50 * MINUTE
    assert choose(entry(missed="none"), State(), called, now).due == START


def test_a_long_run_of_outages_keeps_a_bounded_state():
    made = Scheduler(entry())
    for day in range(400):
        made.call(START + day * DAY)
    assert len(made.state.spans) == KEPT
    text = json.dumps(asdict(made.state), default=str)
    assert len(text) < 60_000
    assert made.call(START + 399 * DAY) == []


def test_a_schedule_that_changes_is_followed_from_then_on():
    made = Scheduler(entry("0 7 * * *"))
    made.call(START + 8 * HOUR)
    made.entry = entry(missed="each")
    assert made.call(START + 9 * HOUR) == hours(8, 9)


def test_a_report_without_a_schedule_is_never_due():
    assert choose(entry(""), State((Span(START, START),)), START, START + DAY) is None


def test_moments_are_kept_whole(tmp_path):
    from pmlib.reports.schedule.state import keep, recall

    made, home = Scheduler(entry()), tmp_path / "reports/published/tiny"
    made.call(START)
    made.call(START + 9 * HOUR)
    state = made.state.begin(START + 10 * HOUR, START + 10 * HOUR)
    keep(state, tmp_path, home)
    assert recall(tmp_path, home) == state
    assert recall(tmp_path, Path(home).with_name("other")) == State()

"""When a report is due: every local day once, whatever the clocks do."""

import re
from bisect import bisect_left
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate, islice, product, takewhile
from time import process_time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import pytest
from cronsim import CronSim
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pmlib.reports.schedule import when as module
from pmlib.reports.schedule.when import when

# Zones, and the first of two years in which their clocks change; São Paulo's last did in 2018.
PLACES = {
    "Australia/Lord_Howe": 2025,  # half an hour
    "Africa/Cairo": 2025,  # at midnight
    "America/Sao_Paulo": 2017,  # at midnight
    "Europe/Berlin": 2025,
    "America/New_York": 2025,
    "Asia/Kathmandu": 2025,  # UTC+5:45
    "Pacific/Auckland": 2025,
    "UTC": 2025,
}
TIMES = ("00:00", "00:30", "01:30", "02:00", "02:30", "03:00", "23:30")


def moment(text, zone="UTC", fold=0):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


def seen(schedule, zone, start, end):
    """Show the due moments as the zone's clock does."""
    found = when(schedule, zone).between(moment(start, zone), moment(end, zone))
    return [due.astimezone(ZoneInfo(zone)).strftime("%m-%d %H:%M") for due in found]


def simulated(runs, zone, time, first):
    """Count days without a run and with two, and runs that do not advance; find runs at other times."""
    start, last = date(first, 1, 1), date(first + 1, 12, 31)
    per_day = {start + timedelta(n): [] for n in range((last - start).days + 1)}
    stuck = 0
    before = datetime.min.replace(tzinfo=UTC)
    for due in takewhile(lambda due: due.astimezone(ZoneInfo(zone)).date() <= last, runs):
        stuck += due <= before
        assert stuck < 10, "gets nowhere"
        local, before = due.astimezone(ZoneInfo(zone)), due
        per_day[local.date()].append(local.strftime("%H:%M"))
    missed = sum(not shown for shown in per_day.values())
    doubled = sum(len(shown) > 1 for shown in per_day.values())
    others = {(zone, time, str(day)): s for day, shown in per_day.items() for s in shown if s != time}
    return len(per_day), missed, doubled, stuck, others


def ours(time, zone, due):
    daily = when(f"daily {time}", zone)
    while True:
        yield (due := daily.after(due))


def theirs(time, zone, due):
    hour, minute = time.split(":")
    return (
        d.astimezone(UTC) for d in CronSim(f"{int(minute)} {int(hour)} * * *", due.astimezone(ZoneInfo(zone)))
    )


def counted(scheduler):
    days, missed, doubled, stuck, others = 0, 0, 0, 0, {}
    for (zone, first), time in product(PLACES.items(), TIMES):
        runs = scheduler(time, zone, moment(f"{first - 1}-12-31T23:59:59", zone).astimezone(UTC))
        n, none, two, again, other = simulated(runs, zone, time, first)
        days, missed, doubled, stuck, others = (
            days + n, missed + none, doubled + two, stuck + again, others | other,
        )  # fmt: skip
    return (days, missed, doubled, stuck), others


def test_every_local_day_of_two_years_in_eight_zones_has_its_run_once():
    counts, others = counted(ours)
    assert counts == (56 * 730, 0, 0, 0)
    # Peers on the same contract; São Paulo in years without a change, when 18 of ours are at another time:
    #                      missed  doubled  stuck  at another time
    # croniter 1.4.1            8       38      0              104
    # croniter 7.0.0            0       12      0               18
    # APScheduler 3.11.3        6       12     12               16
    # Ours, each in a gap:
    assert others == {
        ("Australia/Lord_Howe", "02:00", "2025-10-05"): "02:30",
        ("Australia/Lord_Howe", "02:00", "2026-10-04"): "02:30",
        ("Africa/Cairo", "00:00", "2025-04-25"): "01:00",
        ("Africa/Cairo", "00:30", "2025-04-25"): "01:00",
        ("Africa/Cairo", "00:00", "2026-04-24"): "01:00",
        ("Africa/Cairo", "00:30", "2026-04-24"): "01:00",
        ("America/Sao_Paulo", "00:00", "2017-10-15"): "01:00",
        ("America/Sao_Paulo", "00:30", "2017-10-15"): "01:00",
        ("America/Sao_Paulo", "00:00", "2018-11-04"): "01:00",
        ("America/Sao_Paulo", "00:30", "2018-11-04"): "01:00",
        ("Europe/Berlin", "02:00", "2025-03-30"): "03:00",
        ("Europe/Berlin", "02:30", "2025-03-30"): "03:00",
        ("Europe/Berlin", "02:00", "2026-03-29"): "03:00",
        ("Europe/Berlin", "02:30", "2026-03-29"): "03:00",
        ("America/New_York", "02:00", "2025-03-09"): "03:00",
        ("America/New_York", "02:30", "2025-03-09"): "03:00",
        ("America/New_York", "02:00", "2026-03-08"): "03:00",
        ("America/New_York", "02:30", "2026-03-08"): "03:00",
        ("Pacific/Auckland", "02:00", "2025-09-28"): "03:00",
        ("Pacific/Auckland", "02:30", "2025-09-28"): "03:00",
        ("Pacific/Auckland", "02:00", "2026-09-27"): "03:00",
        ("Pacific/Auckland", "02:30", "2026-09-27"): "03:00",
    }


def test_the_calendar_package_keeps_that_contract_for_daily_runs_in_order():
    assert counted(theirs)[0] == (56 * 730, 0, 0, 0)


def test_the_calendar_is_asked_without_a_zone_because_with_one_it_errs():
    inside = moment("2025-10-26T02:15", "Europe/Berlin", fold=1)
    assert next(CronSim("30 2 * * *", inside)).astimezone(UTC) < inside.astimezone(UTC)  # has passed
    assert when("30 2 * * *", "Europe/Berlin").after(inside) == moment("2025-10-27T01:30")
    lord_howe = islice(CronSim("0 */2 * * *", moment("2025-04-06T00:00", "Australia/Lord_Howe")), 2)
    assert [due.hour for due in lord_howe] == [4, 6]  # leaves out 02:00
    assert seen("every 2 hours", "Australia/Lord_Howe", "2025-04-06T00:00", "2025-04-06T05:00") == [
        "04-06 02:00",
        "04-06 04:00",
    ]


def test_an_interval_runs_on_in_real_time_through_both_changes():
    quarters = when("every 15 minutes", "Europe/Berlin")
    for day in ("2025-03-30", "2025-10-26"):
        runs = quarters.between(moment(f"{day}T00:00"), moment(f"{day}T03:00"))
        assert runs == [moment(f"{day}T00:00") + timedelta(minutes=15 * n) for n in range(1, 13)]
    assert seen("hourly", "Australia/Lord_Howe", "2025-04-06T00:00", "2025-04-06T03:00") == [
        "04-06 01:00", "04-06 02:00", "04-06 03:00",
    ]  # fmt: skip


def test_named_hours_run_once_each_through_both_changes():
    hours = ["00:00", "02:00", "04:00", "06:00"]
    assert seen("every 2 hours", "Europe/Berlin", "2025-10-25T23:00", "2025-10-26T07:00") == [
        f"10-26 {hour}" for hour in hours
    ]
    assert seen("*/15 2 * * *", "Europe/Berlin", "2025-10-26T00:00", "2025-10-26T12:00") == [
        "10-26 02:00", "10-26 02:15", "10-26 02:30", "10-26 02:45",
    ]  # fmt: skip
    # Four times that are left out are due at one moment, which is once.
    assert seen("*/15 2 * * *", "Europe/Berlin", "2025-03-30T00:00", "2025-03-30T12:00") == ["03-30 03:00"]
    assert seen("daily 02:15, 03:00", "Europe/Berlin", "2025-03-30T00:00", "2025-03-30T12:00") == [
        "03-30 03:00"
    ]


def test_a_day_that_a_zone_left_out_has_no_run():
    samoa = seen("daily 07:00", "Pacific/Apia", "2011-12-28T12:00", "2012-01-01T12:00")
    assert samoa == ["12-29 07:00", "12-31 07:00", "01-01 07:00"]  # it crossed the date line


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("weekdays 07:00", ["01-01 07:00", "01-02 07:00", "01-05 07:00"]),
        ("weekdays 07:00, 12:30", ["01-01 07:00", "01-01 12:30", "01-02 07:00"]),
        ("weekends at 7:00", ["01-03 07:00", "01-04 07:00", "01-10 07:00"]),
        ("every day 07:00", ["01-01 07:00", "01-02 07:00", "01-03 07:00"]),
        ("Mondays 08:30", ["01-05 08:30", "01-12 08:30", "01-19 08:30"]),
        ("monday, thursday 09:00", ["01-01 09:00", "01-05 09:00", "01-08 09:00"]),
        ("every friday 17:00", ["01-02 17:00", "01-09 17:00", "01-16 17:00"]),
        ("1st of the month 06:00", ["01-01 06:00", "02-01 06:00", "03-01 06:00"]),
        ("1st and 15th of the month 06:00", ["01-01 06:00", "01-15 06:00", "02-01 06:00"]),
        ("1st of april and october 06:00", ["04-01 06:00", "10-01 06:00", "04-01 06:00"]),
        ("31st of the month", ["01-31 00:00", "03-31 00:00", "05-31 00:00"]),
        ("last day of the month 18:00", ["01-31 18:00", "02-28 18:00", "03-31 18:00"]),
        ("last weekday of the month 17:00", ["01-30 17:00", "02-27 17:00", "03-31 17:00"]),
        ("first monday of the month 09:00", ["01-05 09:00", "02-02 09:00", "03-02 09:00"]),
        ("last friday of the month", ["01-30 00:00", "02-27 00:00", "03-27 00:00"]),
        ("1 january 09:00", ["01-01 09:00"] * 3),
        ("quarterly 09:00", ["01-01 09:00", "04-01 09:00", "07-01 09:00"]),
        ("hourly", ["01-01 00:00", "01-01 01:00", "01-01 02:00"]),
        ("every 15 minutes", ["01-01 00:00", "01-01 00:15", "01-01 00:30"]),
        ("every 2 hours", ["01-01 00:00", "01-01 02:00", "01-01 04:00"]),
        ("0 7 * * MON-FRI", ["01-01 07:00", "01-02 07:00", "01-05 07:00"]),
        ("0 17 LW */3 *", ["01-30 17:00", "04-30 17:00", "07-31 17:00"]),
        ("0 9 L 2 *", ["02-28 09:00", "02-28 09:00", "02-29 09:00"]),
        ("0 9 * jan,feb 1#2", ["01-12 09:00", "02-09 09:00", "01-11 09:00"]),
    ],
)
def test_words_and_cron_expressions_name_the_days_of_2026(schedule, expected):
    due, found = moment("2025-12-31T23:59"), []
    for _ in expected:
        found.append(due := when(schedule, "UTC").after(due))
    assert [due.strftime("%m-%d %H:%M") for due in found] == expected


def test_29_february_comes_in_leap_years_only():
    leap = when("29 february 08:00", "Europe/Berlin")
    assert leap.after(moment("2026-01-01")) == moment("2028-02-29T07:00")
    assert leap.after(moment("2096-03-01")) == moment("2104-02-29T07:00")  # 2100 is none
    assert leap.latest(moment("2027-01-01")) == moment("2024-02-29T07:00")


def test_what_a_reader_may_not_expect_is_noted():
    assert when("31st of the month", "UTC").note == "7 of 12 months have a 31st"
    assert when("29 february", "UTC").note == "a 29th comes in leap years only"
    assert when("0 9 1-7 * MON", "UTC").note == "day of the month and day of the week: either is enough"
    assert when("weekdays 07:00", "UTC").note == when("last day of the month", "UTC").note == ""


def test_the_words_of_a_schedule_are_tidied_and_those_of_cron_are_said():
    assert when("  Weekdays   07:00 ,12:30", "UTC").words == "weekdays 07:00, 12:30"
    assert when("31st of the month", "UTC").words == "31st of the month 00:00"
    assert when("0 7 * * 1-5", "UTC").words == "at 07:00 on Monday through Friday"


ZONES = st.sampled_from(sorted(PLACES))
MOMENTS = st.datetimes(datetime(2016, 1, 1), datetime(2030, 1, 1)).map(lambda m: m.replace(tzinfo=UTC))
FIELDS = (
    ("*", "*/20", "0", "30", "5,50"),
    ("*", "*/2", "0", "2", "1-3", "23"),
    ("*", "1", "31", "L", "LW", "29"),
    ("*", "2", "3,10"),
    ("*", "0", "1-5", "5L", "1#2"),
)
LINES = st.tuples(*map(st.sampled_from, FIELDS)).map(" ".join).filter(lambda line: " 31 2 " not in line)
SCHEDULES = LINES | st.sampled_from(["weekdays 07:00, 02:30", "daily 00:00, 01:30, 02:15", "hourly"])
AUTUMN = moment("2025-10-26T01:15")  # Berlin shows 02:15 for the second time


@given(SCHEDULES, ZONES, MOMENTS)
@example("30 2 * * *", "Europe/Berlin", AUTUMN)
@example("30 2 * * *", "Europe/Berlin", moment("2025-03-30T01:00"))
def test_after_is_strictly_later_and_latest_gives_it_back(schedule, zone, start):
    due = when(schedule, zone)
    following = due.after(start)
    assert following > start
    assert due.latest(following) == following
    before = due.latest(following - timedelta(microseconds=1))
    assert before <= start and due.after(before) == following


@given(SCHEDULES, ZONES, MOMENTS)
@example("*/20 1-3 * * *", "Europe/Berlin", AUTUMN)
def test_after_again_and_again_is_between(schedule, zone, start):
    due, found = start, []
    for _ in range(5):
        found.append(due := when(schedule, zone).after(due))
    assert when(schedule, zone).between(start, due) == found


CHANGES = [
    ("Australia/Lord_Howe", "2025-04-05"),
    ("Australia/Lord_Howe", "2025-10-04"),
    ("America/Sao_Paulo", "2018-02-17"),
    ("America/Sao_Paulo", "2018-11-03"),
    ("America/Havana", "2025-11-01"),
    ("Africa/Cairo", "2025-10-30"),
    ("Europe/Berlin", "2025-03-29"),
    ("Europe/Berlin", "2025-10-25"),
]


@settings(max_examples=40)
@given(LINES, st.sampled_from(CHANGES))
def test_a_scan_of_every_minute_around_a_change_finds_the_same(line, change):
    zone, day = change
    minutes = [moment(day) + timedelta(minutes=n) for n in range(2 * 1440)]
    shown = [minute.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for minute in minutes]
    if line.endswith(" * * * *"):
        wanted = {
            m for m, wall in zip(minutes, shown, strict=True) if wall.minute in CronSim(line, wall).minutes
        }
    else:
        walls = takewhile(lambda wall: wall <= max(shown), CronSim(line, shown[0] - timedelta(minutes=1)))
        reached = list(accumulate(shown, max))  # once the clock has shown a time, it has passed it
        wanted = {minutes[bisect_left(reached, wall)] for wall in walls}
    first = minutes[0] - timedelta(seconds=1)
    assert when(line, zone).between(first, minutes[-1]) == sorted(wanted)


@given(st.sampled_from(TIMES), ZONES, MOMENTS)
def test_every_run_is_at_its_time_or_at_the_end_of_a_gap(time, zone, start):
    due = when(f"daily {time}", zone).after(start)
    local = due.astimezone(ZoneInfo(zone))
    if local.strftime("%H:%M") != time:
        second = (due - timedelta(seconds=1)).astimezone(ZoneInfo(zone))
        assert second.strftime("%H:%M") < time < local.strftime("%H:%M") or second.date() < local.date()
        assert second.utcoffset() < local.utcoffset()


@settings(max_examples=40)
@given(st.sampled_from(sorted(available_timezones())), st.sampled_from(TIMES), st.integers(1975, 2035))
def test_every_zone_has_one_run_on_each_day_it_shows(zone, time, year):
    start, end = moment(f"{year}-01-01T00:00", zone), moment(f"{year}-12-31T23:59", zone)
    runs = when(f"daily {time}", zone).between(start - timedelta(seconds=1), end)
    hours = (start.astimezone(UTC) + timedelta(hours=n) for n in range(0, 364 * 24, 12))
    days = {hour.astimezone(ZoneInfo(zone)).date() for hour in hours}
    ran = [due.astimezone(ZoneInfo(zone)).date() for due in runs]
    assert len(set(ran)) == len(ran)
    assert days <= set(ran)


def test_the_latest_of_a_yearly_schedule_is_found_at_once():
    started = process_time()
    for n in range(200):
        assert when("1 january 09:00", "Europe/Berlin").latest(moment("2026-12-31") + timedelta(days=n))
    assert process_time() - started < 1  # 5 ms each, where a loop over minutes takes seconds


def test_day_is_the_date_of_the_place():
    assert when("daily 00:30", "Asia/Kathmandu").day(moment("2026-03-31T18:45")) == date(2026, 4, 1)


@pytest.mark.parametrize(
    ("schedule", "line"),
    [
        (
            "fridy 07:00",
            "schedule is 'fridy 07:00', in which 'fridy' is not understood; did you mean friday",
        ),
        ("weekdays 25:00", "schedule has '25:00', which is no time of day; write 00:00 to 23:59"),
        ("30 february", "schedule is '30 february', which never comes; correct its day or its month"),
        ("0 0 30 2 *", "schedule is '0 0 30 2 *', which never comes; correct its day or its month"),
        ("0 0 */30 * 1#2", "schedule is '0 0 */30 * 1#2', which never comes; correct its day or its month"),
        ("0 24 * * *", "schedule is '0 24 * * *', whose hour is '24'; it takes 0-23, "),
        ("0 7 * * FRY", "whose day of the week is 'FRY'; it takes 0-7 or SUN-SAT, "),
        ("0 7 * FEBR *", "and steps (*/2); did you mean FEB?"),
        (
            "* * * * * *",
            "with 6 fields; cron has five: minute, hour, day of the month, month, ",
        ),
        (
            "every 7 minutes",
            "schedule says every '7' minutes; an hour is filled by 1, 2, 3, ",
        ),
        ("hourly 07:00", "schedule is 'hourly 07:00', an interval; it takes no time: leave out 07:00"),
        ("monthly", "schedule is 'monthly', which says no day; write five cron fields, or words as in "),
        ("07:00", "schedule is '07:00', which is not understood; write five cron fields, or words as in "),
        ("january january 1", "schedule is 'january january 1', which is not understood; "),
        ("month", "schedule is 'month', which is not understood; "),
        ("", "schedule is '', which is not understood; "),
        ("weekdays\n<b> 07:00", "schedule is 'weekdays\\n<b> 07:00', in which '<b>' is not understood; "),
        ("9" * 5000, "99...; write it in at most 200 characters"),
    ],
)
def test_what_is_no_schedule_is_refused_in_one_line(schedule, line):
    with pytest.raises(ValueError) as refused:
        when(schedule, "UTC")
    assert line in str(refused.value) and "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("zone", "line"),
    [
        ("Europe/Berln", "zone is 'Europe/Berln', which is unknown; did you mean Europe/Berlin?"),
        ("new york", "zone is 'new york', which is unknown; did you mean America/New_York?"),
        ("Europe", "zone is 'Europe', which is unknown"),  # a folder of zones
        ("../../etc/passwd", "zone is '../../etc/passwd', which is unknown; write it as in Europe/Berlin"),
        ("", "zone is '', which is unknown; write it as in Europe/Berlin"),
    ],
)
def test_an_unknown_zone_is_refused_in_one_line(zone, line):
    with pytest.raises(ValueError, match=f"^{re.escape(line)}"):
        when("daily 07:00", zone)


def test_a_machine_without_time_zone_data_is_told_what_to_install(monkeypatch):
    def missing(zone):
        raise ZoneInfoNotFoundError(zone)

    monkeypatch.setattr(module, "ZoneInfo", missing)
    monkeypatch.setattr(module, "available_timezones", set)
    with pytest.raises(ValueError, match=r"this machine has no time-zone data; pip install tzdata$"):
        when("daily 07:00", "Europe/Vilnius")
    assert when("daily 07:07", "UTC").after(moment("2026-01-01")) == moment("2026-01-01T07:07")


def test_a_moment_without_an_offset_is_refused():
    with pytest.raises(ValueError, match=r"has no offset; write it as in 2026-03-31T07:00\+02:00"):
        when("daily 07:00", "UTC").after(datetime(2026, 1, 1))

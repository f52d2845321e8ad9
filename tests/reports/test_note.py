"""The analyst's note is signed, dated and set apart; it is flagged when its Numbers have moved."""

import pytest

from pmlib.reports.note import Note

SOURCE = (
    "Ann Analyst, 2026-11-20\n\nHonda is *coming*.\n\nRests on: cars/honda_share = 9.0%; cars/index = 2,161"
)
NUMBERS = [
    {"name": "honda_share", "label": "of cars sold are Honda's", "value": 0.0896, "unit": "%"},
    {"name": "index", "label": "concentration", "value": 2160.8, "unit": ""},
]


def html(numbers=NUMBERS, report="cars", source=SOURCE):
    return "".join(Note.parse(source).html(report, [{"numbers": numbers}], lambda text: f"<p>{text}</p>"))


def test_it_names_its_author_and_date_and_is_set_apart():
    assert "<aside" in html()
    assert "A note by Ann Analyst, 2026-11-20: judgement, not measurement" in html()
    assert "Its numbers have moved" not in html()


def test_it_is_flagged_when_a_number_has_moved():
    moved = [NUMBERS[0] | {"value": 0.101}, NUMBERS[1]]
    assert "Its numbers have moved since: of cars sold are Honda&#x27;s: 9.0% then, 10.1% now." in html(moved)


def test_it_stands_only_in_the_report_it_rests_on():
    assert html(report="other") == ""


def test_a_number_that_is_no_longer_recorded_is_flagged():
    assert "honda_share was 9.0% then and is not recorded now" in html(NUMBERS[1:])


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("Honda is coming.\n\nRests on: cars/x = 1", "a note's first line is its author and date"),
        ("Ann, 2026-11-20\n\nHonda is coming.", "a note's last line names its Numbers"),
        ("Ann, 2026-11-20\n\nWords\n\nRests on: the share", "a note's last line names its Numbers"),
    ],
)
def test_an_unsigned_or_groundless_note_is_refused(source, said):
    with pytest.raises(ValueError, match=said):
        Note.parse(source)

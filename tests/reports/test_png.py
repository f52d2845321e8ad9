"""A chart as a picture: light colours, the same bytes, and no letter that turns into a box or a gap."""

import io
import re

import numpy as np
import pytest
from one_letter import font
from PIL import Image

from pmlib.chart.theme import CATEGORIES, INK
from pmlib.reports.exports import fonts
from pmlib.reports.exports.png import png
from pmlib.reports.exports.scripts import SCRIPTS

THAI = "ก"  # which DejaVu has not


pytestmark = pytest.mark.usefixtures("machine_fonts")


def chart(*texts, style="fill: var(--ink, #1b1f24)", more=""):
    lines = "".join(
        f'<text x="10" y="{20 * i}" style="{style}">{text}</text>' for i, text in enumerate(texts, 1)
    )
    return f'<svg class="wide" role="img" viewBox="0 0 300 100" font-size="10">{lines}{more}</svg>'


def pixels(picture):
    return np.asarray(Image.open(io.BytesIO(picture)).convert("RGB")).astype(int)


def ink(picture):
    """Count the pixels that are rather dark."""
    return int((pixels(picture).sum(axis=2) < 200).sum())


def test_a_picture_is_as_wide_as_asked_and_the_same_each_time():
    drawn = png(chart("General Motors 37.5%"), width=900)
    assert pixels(drawn).shape == (300, 900, 3) and ink(drawn) > 500
    assert drawn == png(chart("General Motors 37.5%"), width=900)


def test_colours_are_those_of_light_paper_with_and_without_a_fallback():
    marks = "".join(
        f'<path d="M{x} 0L{x} 90L{x + 40} 90L{x + 40} 0z" style="fill: {colour}"/>'
        for x, colour in ((0, "var(--cat2, #c8742f)"), (100, "var(--cat1)"), (200, "#123456"))
    )
    seen = pixels(png(chart(more=marks), width=300))
    found = ["#{:02x}{:02x}{:02x}".format(*seen[50, x]) for x in (20, 120, 220, 280)]
    assert found == [CATEGORIES[1], CATEGORIES[0], "#123456", "#ffffff"] and INK not in found


def test_an_unknown_colour_and_what_points_elsewhere_are_refused():
    with pytest.raises(ValueError, match=r"no colour is called --house$"):
        png(chart("a", style="fill: var(--house)"))
    for more in ('<image href="photo.png"/>', '<use href="file:///etc/hosts"/>'):
        with pytest.raises(ValueError, match="outside of itself"):
            png(chart("a", more=more))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"Sales {THAI}", f"no font here has {THAI} (Thai: install fonts-noto-core)"),
        ("市场", "no font here has 场 市 (Chinese: install fonts-noto-cjk)"),
        ("한 ก", "no font here has 한 (Korean: install fonts-noto-cjk), ก (Thai: install fonts-noto-core)"),
        ("🧃", "no font here has 🧃 (emoji: install fonts-noto-color-emoji)"),
        ("\ue123", "no font here has U+E123 (other: install fonts-noto-core)"),
    ],
)
def test_a_letter_that_no_font_has_is_named_with_what_to_install(text, said):
    with pytest.raises(ValueError) as error:
        png(chart("Sales", text))
    assert str(error.value).startswith(said) and "\n" not in str(error.value)


def test_a_font_of_the_machine_draws_what_ours_lacks(machine_fonts, tmp_path):
    without = ink(png(chart("office AV")))
    machine_fonts(font(tmp_path / "thai.ttf", THAI))
    # A square of 10 units is 50 pixels wide here; "ffi" is one glyph in our font, and stays.
    assert ink(png(chart(f"office {THAI}{THAI} AV"))) == pytest.approx(without + 2 * 50 * 50, abs=150)
    assert ink(png(chart(f"office {THAI}", style="font-weight: bold"))) > 50 * 50
    anchored = pixels(png(chart(THAI, style="text-anchor: end").replace('x="10"', 'x="100"')))
    assert (anchored[75, 452:498] < 50).all() and (anchored[75, 504:] > 250).all()


def test_a_font_that_has_everything_draws_only_what_ours_lacks(machine_fonts, tmp_path):
    machine_fonts(font(tmp_path / "all.ttf", f"{THAI}AV12 %"))
    without = ink(png(chart("AV 12%")))
    assert ink(png(chart(f"AV {THAI} 12%"))) == pytest.approx(without + 50 * 50, abs=150)


@pytest.mark.parametrize(("anchor", "left"), [("start", 0.0), ("middle", 0.5), ("end", 1.0)])
def test_words_of_two_fonts_stay_anchored(machine_fonts, tmp_path, anchor, left):
    machine_fonts(font(tmp_path / "thai.ttf", THAI))
    text = chart(f"{THAI}MM{THAI}", style=f"text-anchor: {anchor}; fill: #000").replace('x="10"', 'x="150"')
    inked = (pixels(png(text)).sum(axis=2) < 200).any(axis=0).nonzero()[0]
    wide = (2 + 2 * 0.863) * 50  # pixels: an M of ours is 0.863 em
    assert inked[0] == pytest.approx(750 - left * wide, abs=5)
    assert inked[-1] == pytest.approx(750 + (1 - left) * wide, abs=5)


def test_what_runs_from_right_to_left_is_drawn_by_one_font_or_none(machine_fonts, tmp_path):
    machine_fonts(font(tmp_path / "one.ttf", "\u0710"), font(tmp_path / "two.ttf", "\u0710\u0712 12"))
    assert [face and face.path.name for _, face in fonts.runs("\u0710\u0712 12")] == ["two.ttf"]
    assert fonts.missing("\u0710\u0715 12") == {"\u0710", "\u0715"}


def test_the_faces_of_a_collection_are_told_apart(machine_fonts, tmp_path):
    from fontTools.ttLib import TTCollection, TTFont

    parts = [
        font(tmp_path / f"{name}.ttf", letter, name) for name, letter in (("First", THAI), ("Second", "한"))
    ]
    both = TTCollection()
    both.fonts = [TTFont(part) for part in parts]
    both.save(tmp_path / "both.ttc")
    machine_fonts(tmp_path / "both.ttc")
    assert ink(png(chart(THAI + "한"))) == pytest.approx(2 * 50 * 50, abs=150)
    assert [face and face.family for _, face in fonts.runs(THAI + "한")] == ["First", "Second"]


def test_a_font_of_last_resort_and_a_damaged_one_count_for_nothing(machine_fonts, tmp_path):
    (tmp_path / "damaged.ttf").write_bytes(b"\0\1\0\0 no font")
    machine_fonts(tmp_path / "damaged.ttf", font(tmp_path / "boxes.ttf", THAI, last_resort=True))
    with pytest.raises(ValueError, match="no font here has ก"):
        png(chart(THAI))


@pytest.mark.parametrize(
    "unseen", ["\u200b", "\u200d", "\u2060", "\ufe0f", "\u00ad", "\u3000", "\u202f", "\t"]
)
def test_what_needs_no_glyph_needs_no_font_and_draws_nothing(unseen):
    assert not fonts.missing(f"Ford{unseen}GM")
    assert ink(png(chart(f"Ford{unseen}GM"))) == pytest.approx(ink(png(chart("Ford GM"))), rel=0.02)


def test_marks_are_drawn_with_their_letters():
    assert not fonts.missing("e\u0301 a\u0302 Ä ١٢٪ שוק")
    assert list(fonts.letters("e\u0301x👩\u200d👧🇩🇪🇫🇷")) == ["e\u0301", "x", "👩\u200d👧", "🇩🇪", "🇫🇷"]
    assert png(chart("Cafe\u0301")) == png(chart("Café"))


def test_words_from_right_to_left_stay_where_the_page_has_them():
    # The page's charts run from left to right, also those whose words begin in Hebrew.
    drawn = pixels(png(chart("שוק " + "H" * 20)))
    line = (drawn[40:110].sum(axis=2) < 200).sum(axis=0)
    alone = pixels(png(chart("שוק")))[40:110].sum(axis=2) < 200
    width = alone.any(axis=0).nonzero()[0].max()
    assert (line[:width] == alone.sum(axis=0)[:width]).all()


def test_a_drawing_that_its_renderer_panics_at_is_refused_in_one_line():
    far = '<path d="M63 10L-2929499937 10L-2929499937 30L63 30z"/><path d="M63 40L4394250000063 40L63 60z"/>'
    with pytest.raises(ValueError, match=r"^this chart cannot be drawn: some of it lies far outside of it$"):
        png(chart("GM", more=far))


def test_text_is_text():
    drawn = png(chart("&lt;image href='x'/&gt; &amp; Söhne"))
    assert ink(drawn) > 500


def test_every_script_names_a_package_and_letters_of_its_own():
    covered = fonts.coverage()
    assert list(covered) == list(SCRIPTS)
    assert covered["Latin"] == covered["Arabic"] == "DejaVu Sans" and not covered["Thai"]
    for script in SCRIPTS.values():
        assert re.fullmatch(r"fonts-[a-z-]+", script.package) and script.letters


def test_coverage_names_the_font_that_the_machine_has(machine_fonts, tmp_path):
    machine_fonts(font(tmp_path / "thai.ttf", SCRIPTS["Thai"].letters, "Thai of Ours"))
    assert fonts.coverage()["Thai"] == "Thai of Ours"

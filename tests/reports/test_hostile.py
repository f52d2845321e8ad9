"""What others wrote, cleaned: what looks right stays, what runs, asks, covers or turns goes."""

import base64
import re

import pandas as pd
import pytest
from nbformat import v4

from pmlib import chart
from pmlib.reports import css, outputs, page, picture, sanitise
from pmlib.reports.failure import document, plain
from pmlib.table import Column
from pmlib.visible import visible, without_terminal

START = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def shown(data, **metadata):
    return outputs.shown(v4.new_output("display_data", data=data, metadata=metadata))


def drawn(inside):
    html = picture.drawn(f"{START}>{inside}</svg>", "A plot")
    return base64.b64decode(re.search(r"base64,([^\"]+)", html)[1]).decode().partition(">")[2][:-6]


@pytest.mark.parametrize(
    ("style", "kept"),
    [
        ("color: red; background-color:#fff", "color: red; background-color:#fff"),
        ("background: linear-gradient(90deg, #d65f5f 40.0%, transparent 40.0%)",) * 2,
        ("fill: var(--cat1, #2a4fb0); stroke-width: .5",) * 2,
        ("color: red !important", "color: red"),
        ("position: fixed; inset: 0; color: red", "color: red"),
        ("margin-top: -99px; transform: scale(9); z-index: 9", ""),
        ("padding: -9px", ""),
        ("background: url(x)", ""),
        ("background: u\\72l(x)", ""),
        ("background: /**/url/**/(x)", ""),
        ("background: image-set('x' 1x)", ""),
        ("background: attr(x)", ""),
        ("width: expression(alert(1))", ""),
        ("color: red; } body { display: none", "color: red"),
        ("color: 'a;background:url(x)'", ""),
    ],
)
def test_a_style_colours_and_spaces_and_no_more(style, kept):
    assert css.safe(style) == kept


def test_a_styled_frame_keeps_its_look_and_its_stylesheet_reaches_nothing_else():
    frame = pd.DataFrame({"a": [1, 2]})
    styled = frame.style.highlight_max().set_table_styles([{"selector": "th", "props": "color: navy"}])
    html = shown({"text/html": styled.to_html()})
    assert re.findall(r"<td style=\"background-color: yellow\">(\d)", html) == ["2"]
    assert html.count("color: navy") == 4
    assert "<style" not in html and "id=" not in html
    assert html.startswith('<div class="own scroll paper"')
    again = shown({"text/html": frame.style.highlight_max().to_html()})
    assert again == shown({"text/html": frame.style.highlight_max().to_html()}), "its ids are made by chance"


def test_a_plain_frame_has_the_pages_own_look():
    html = shown({"text/html": pd.DataFrame({"<b>": ["<i>"]})._repr_html_()})
    assert "paper" not in html
    assert "&lt;b&gt;" in html and "&lt;i&gt;" in html


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"application/javascript": "x"}, "An output that needs a script is left out."),
        ({"text/vnd.mermaid": "x", "text/plain": "x"}, "An output that needs a script is left out."),
        ({"application/vnd.plotly.v1+json": {}, "text/plain": "x"}, "An output that needs a script is left"),
        ({"text/html": "<p>a</p><script>b</script>"}, "A part that needs a script, a form or another site"),
        ({"text/html": "<iframe src=http://x></iframe>"}, "A part that needs a script, a form or another"),
        ({"text/html": "<img src=http://x alt='a &lt;b'>"}, "[picture left out: a &lt;b]"),
        ({"image/svg+xml": "<svg"}, "An SVG drawing is left out: it is no well-formed XML"),
        ({"image/svg+xml": "<!DOCTYPE svg [<!ENTITY a 'b'>]><svg/>"}, "it declares entities"),
        ({"application/x-other": "x"}, "An output of type application/x-other is left out."),
    ],
)
def test_what_is_left_out_is_said(data, said):
    assert said in shown(data)


@pytest.mark.parametrize(
    ("data", "html"),
    [
        ({"text/latex": "$<x>$", "text/plain": "x"}, '<pre tabindex="0">$&lt;x&gt;$</pre>'),
        ({"application/json": ["<b>"]}, '<pre tabindex="0">[\n &quot;&lt;b&gt;&quot;\n]</pre>'),
        ({"text/markdown": "# A *b*"}, '<div class="own scroll" tabindex="0"><h3>A <em>b</em></h3>\n</div>'),
        ({"text/html": "<b onclick=x>a</b>"}, '<div class="own scroll" tabindex="0"><b>a</b></div>'),
        ({}, ""),
    ],
)  # fmt: skip
def test_each_kind_of_output_has_a_form_without_a_script(data, html):
    assert shown(data) == html


def test_links_lead_out_of_what_is_written_by_hand_only():
    words = "[a](https://example.org) [b](mailto:a@b.example) [c](javascript:x) [d](//x) [e](ftp://x)"
    assert re.findall(r'href="([^"]*)"', outputs.markdown(words)) == [
        "https://example.org",
        "mailto:a@b.example",
    ]
    assert "href" not in shown({"text/markdown": words})
    assert 'href="#s-b"' in shown({"text/html": "<a href='#s-b'>b</a>"})


def test_an_error_that_a_cell_shows_is_a_line_of_text():
    error = v4.new_output("error", ename="\x1b[31mBad<b>\x1b[0m", evalue="x", traceback=["secret"])
    assert outputs.shown(error) == '<pre tabindex="0">Bad&lt;b&gt;: x</pre>'


@pytest.mark.parametrize(
    ("inside", "kept"),
    [
        ('<path d="M0 0" style="fill: none"/>', '<path d="M0 0" style="fill: none"></path>'),
        ('<g id="a"/><use xlink:href="#a"/>', '<g id="i1"></g><use href="#i1"></use>'),
        ('<path id="p" fill="url(#p)"/>', '<path id="i1" fill="url(#i1)"></path>'),
        ("<style>*{stroke-linejoin: round}</style>", "<style>*{stroke-linejoin: round}</style>"),
        ("<text>a &lt;b></text>", "<text>a &lt;b&gt;</text>"),
        ("<script>x</script><foreignObject>x</foreignObject><animate/><set/><image href='x'/>", ""),
        ("<g onload='x' onclick='x' href='http://x' class='x'/>", "<g></g>"),
        ("<use xlink:href='http://x#a'/><a href='javascript:x'><text>x</text></a>", "<use></use>"),
        ("<rect fill='url(http://x)' style='fill:url(http://x)'/>", "<rect></rect>"),
        ("<style>@import url(x); a{fill:red} b{background:url(x)}</style>", "<style></style>"),
    ],
)  # fmt: skip
def test_a_drawing_keeps_what_draws(inside, kept):
    assert drawn(inside) == kept


def test_a_drawing_whose_ids_are_made_by_chance_is_the_same_picture():
    one, other = (f'{START}><g id="{name}"/><use href="#{name}"/></svg>' for name in ("m1f", "m2e"))
    assert picture.drawn(one, "") == picture.drawn(other, "")


def test_nothing_of_our_own_figures_is_lost():
    frame = pd.DataFrame({"name": ["A", "B"], "share": [0.5, 0.25]})
    svg = chart.svg(
        lambda: chart.ranked(frame, "share", "name", spec=Column("Share", "%"), highlight=["A"]),
        alt="A leads",
        name="shares",
    )
    assert sanitise.figure(svg) == re.sub(r"<(path|use)([^>]*)/>", r"<\1\2></\1>", svg)


def test_a_text_cannot_turn_a_line_around_and_says_so():
    assert visible("5 \u202e% \u2066x\u200f") == "5 [U+202E]% [U+2066]x[U+200F]"
    assert visible("שלום, café 😀\n\t") == "שלום, café 😀\n\t"
    html = outputs.shown(v4.new_output("stream", name="stdout", text="&#x202e; \u202e"))
    assert "&amp;#x202e;" in html
    assert "[U+202E]" in document("a\u202eb", "", page.Path("."))


def test_what_only_a_terminal_understands_is_taken_out():
    text = "\x1b[1;31mred\x1b[0m \x1b]8;;http://x\x07link\x1b]8;;\x1b\\ \x9b1mx\x1b(B\x1bM"
    assert without_terminal(text) == "red link x"
    assert plain(text + "\x00\x07\nmore") == "red link x"


def test_labels_of_a_chart_may_hold_what_xml_forbids():
    frame = pd.DataFrame({"name": ["a\x01b", "$x^2$ <b>"], "share": [0.5, 0.25]})
    drawing = chart.svg(
        lambda: chart.ranked(frame, "share", "name", spec=Column("Share")), alt="a\x00", name="x"
    )
    assert "a[U+0001]b" in drawing
    assert "$x^2$ &lt;b&gt;" in drawing


def test_templates_are_compiled_once_and_anew_when_one_changes(tmp_path):
    first = page.environment(tmp_path)
    assert page.environment(tmp_path) is first
    (tmp_path / "templates" / "report").mkdir(parents=True)
    (tmp_path / "templates" / "report" / "report.css").write_text("b { color: red }", "utf-8")
    assert page.environment(tmp_path) is not first

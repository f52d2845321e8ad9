"""An alert marks the page that readers open, and the run; never the edition's own page."""

import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from small import payload, rendered, write

from pmlib.reports import key, plan, press
from pmlib.reports.compare import since
from pmlib.reports.editions import newest
from pmlib.reports.failure import ExecutionFailed
from pmlib.reports.publish import alerting
from pmlib.reports.verify import findings

pytestmark = pytest.mark.usefixtures("without_kernel")
HOSTILE = '<img src=x onerror=alert(1)>\u202e"&amp;'


def run(root):
    (job,) = plan.jobs(root, ["tiny"])
    return press.run(job, root, rendered)


def alerts(root, *texts):
    listed = ", ".join(json.dumps(text) for text in texts)
    (root / plan.CATALOG).write_text(f'[tiny]\nnotebook = "tiny"\nalerts = [{listed}]\n')


def share(root, value):
    (root / "data/payload.json").write_text(json.dumps(payload(value=value)))
    (root / "data/sales.csv").write_text(f"firm,sales\nFord,{value}\n")


def home(root):
    return root / "reports/published/tiny"


def page(root):
    return (home(root) / "index.html").read_text("utf-8")


def test_a_raised_alert_stands_in_the_run_and_at_the_top_of_the_readers_page(small):
    root = small()
    alerts(root, "share > 20%", "share < 20%")
    edition = run(root).edition
    assert edition.record["alerts"] == ["of Ford: 25.0%, above 20%"]
    top, body = page(root).split("<main", 1)
    assert "<p><b>Alert:</b> of Ford: 25.0%, above 20%</p>" in top and "of Ford: 25.0%, above" not in body
    assert (edition.folder / "index.html").read_text("utf-8") == page(root).replace(
        alerting(edition.record["alerts"]), ""
    )
    assert list(findings(home(root))) == []
    assert run(root).state == "fresh"
    assert "above 20%" in page(root)


def test_an_alert_is_over_when_the_number_is_back(small):
    root = small()
    alerts(root, "share > 20%", "share crosses 20%")
    assert len(run(root).edition.record["alerts"]) == 1  # a first edition has crossed nothing
    share(root, 0.15)
    assert run(root).edition.record["alerts"] == ["of Ford: 15.0%, below 20%, from 25.0%"]
    share(root, 0.14)
    assert run(root).edition.record["alerts"] == []
    assert 'class="banner"' not in page(root)


def test_a_changed_alert_makes_the_report_stale_and_a_rerun_raises_the_same(small):
    root = small()
    run(root)
    share(root, 0.3)
    alerts(root, "share moves > 1 point")
    first = run(root).edition
    assert first.record["alerts"] == ["of Ford: 30.0%, more than 1 point from the last edition's 25.0%"]
    (job,) = plan.jobs(root, ["tiny"])
    again = press.run(job, root, rendered, force=True)
    assert again.repeatable and again.edition.record["alerts"] == first.record["alerts"]
    alerts(root, "share moves > 2 points")
    (job,) = plan.jobs(root, ["tiny"])
    assert since(first, key.changed(job, root, first)[1]) == [
        "the alert share moves > 1 point is no longer set",
        "the alert share moves > 2 points is set now, and was not before",
    ]


def test_a_failure_stands_above_the_alerts_and_leaves_them(small):
    root = small()
    alerts(root, "share > 20%")
    run(root)
    good = page(root)
    write(root, "1/0")
    with pytest.raises(ExecutionFailed):
        run(root)
    assert page(root).index("failed;") < page(root).index("above 20%") < page(root).index("<main")
    assert list(findings(home(root))) == []
    (home(root) / "index.html").write_text(good)
    assert list(findings(home(root))) == []  # a crash may come before the mark
    (home(root) / "index.html").write_bytes((newest(home(root)).folder / "index.html").read_bytes())
    assert list(findings(home(root))) == ["index.html changed since it was published"]


def test_an_alert_taken_off_the_page_is_a_finding(small):
    root = small()
    alerts(root, "share > 20%")
    run(root)
    (home(root) / "index.html").write_bytes((newest(home(root)).folder / "index.html").read_bytes())
    assert list(findings(home(root))) == ["index.html changed since it was published"]


def test_what_data_call_a_number_stays_text(small):
    root = small()
    alerts(root, "share > 20%", "x&lt;y'z < 1")
    (root / "data/payload.json").write_text(
        json.dumps(payload(value=0.25)).replace("of FOCAL", json.dumps(HOSTILE)[1:-1])
    )
    run(root)
    assert "<li>&lt;img src=x onerror=alert(1)&gt;[U+202E]&quot;&amp;amp;: 25.0%, above 20%</li>" in page(
        root
    )
    assert "<li>x&amp;lt;y&#x27;z &lt; 1 cannot be judged: there is no Number" in page(root)


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_banner_fits_the_narrowest_phone_and_axe_finds_nothing(small, browser, scheme):
    root = small()
    alerts(root, "share > 20%", "x" * 150 + " < 1")
    run(root)
    context = browser.new_context(color_scheme=scheme, viewport={"width": 320, "height": 640})
    opened = context.new_page()
    opened.goto((home(root) / "index.html").as_uri())
    assert opened.locator("aside.banner li").count() == 2
    assert opened.evaluate("document.documentElement.scrollWidth") <= 320
    assert [v["id"] for v in Axe().run(opened).response["violations"]] == []
    opened.emulate_media(media="print")
    assert opened.locator("aside.banner").is_visible()
    context.close()

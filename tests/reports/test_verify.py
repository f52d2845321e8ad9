import shutil

import pytest
from small import tree
from tiny import again, fail, files, job

from pmlib.reports.plan import PUBLISHED
from pmlib.reports.publish import publish
from pmlib.reports.verify import findings


@pytest.fixture
def root(tmp_path):
    (tmp_path / PUBLISHED).mkdir(parents=True)
    for number in (1, 2):
        publish(job(tmp_path), files(number), tmp_path)
    return tmp_path


def home(root):
    return job(root).home


def found(root):
    return list(findings(home(root)))


def test_what_was_published_has_no_findings(root):
    assert found(root) == []
    again(2)(root)
    assert found(root) == []


def test_any_changed_byte_is_found_and_its_file_named(root):
    good = tree(home(root))
    assert len(good) == 2 * 8 + 6
    for path, data in good.items():
        for at in {0, len(data) // 2, len(data) - 1}:
            (home(root) / path).write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
            named = path.removesuffix(".sha256")
            assert any(line.startswith(f"{named} changed") for line in found(root)), path
        for other in (b"", data + b"\n"):
            (home(root) / path).write_bytes(other)
            assert found(root), path
        (home(root) / path).write_bytes(data)
    assert found(root) == []


def test_any_missing_file_is_found(root):
    for path, data in tree(home(root)).items():
        (home(root) / path).unlink()
        named = path.removesuffix(".sha256")
        assert any(line.startswith((f"{named} is missing", f"{named} changed")) for line in found(root)), path
        (home(root) / path).write_bytes(data)


@pytest.mark.parametrize(
    "path", ["a.txt", "tables/a.csv", "tables/in/a.csv", "editions/a.txt", "editions/0001-00000000/tables/a"]
)
def test_any_added_file_is_found(root, path):
    (home(root) / path).parent.mkdir(exist_ok=True)
    (home(root) / path).write_text("")
    assert found(root) == [f"{path} was added"]


@pytest.mark.parametrize("path", ["index.html", "editions/0001-00000000/tables/both.csv"])
def test_a_symbolic_link_is_found_whatever_it_leads_to(root, path, tmp_path_factory):
    moved = shutil.move(home(root) / path, tmp_path_factory.mktemp("elsewhere") / "moved")
    (home(root) / path).symlink_to(moved)
    assert found(root) == [f"{path} is a symbolic link"]


def test_the_banner_of_a_failure_is_no_finding_but_any_other_one_is(root):
    fail(root)
    page = home(root) / "index.html"
    assert b'class="banner"' in page.read_bytes()
    assert found(root) == []
    page.write_bytes(page.read_bytes().replace(b"failed;", b"FAILED;"))
    assert found(root) == ["index.html changed since it was published"]
    fail(root)
    (home(root) / "failed.json").unlink()
    assert found(root) == ["index.html changed since it was published"]


def test_what_a_cut_off_run_left_is_named(root):
    (home(root) / "editions/.part-0003-00000000").mkdir()
    assert found(root) == [
        "editions/.part-0003-00000000 is what a run that was cut off left; the next one removes it"
    ]


def test_a_page_of_no_edition_is_found(root):
    shutil.rmtree(home(root) / "editions")
    (home(root) / "editions").mkdir()
    assert "index.html was added" in found(root)

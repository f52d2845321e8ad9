"""Rows that a declaration keeps and drops: which arrive, that it is said, and what is refused."""

import pytest

from pmlib import data

HEAD = '[sales]\ntitle = "Sales"\npath = "data/sales.csv"\norigin = "Us"\nlicence = "ours"\n'
COLUMNS = (
    '[sales.columns]\nfirm = { type = "text", role = "firm" }\nunits = { type = "integer", role = "units" }\n'
)
ROWS = "firm,units,status\nAcme,1,active\n,2,draft\nTotal,12,active\nBolt,9,new\n"


@pytest.fixture
def ask(tmp_path, monkeypatch):
    """A function that reads some rows with some lines of a declaration."""
    monkeypatch.setenv("PMLIB_ROOT", str(tmp_path))
    monkeypatch.delenv("PMLIB_RUN_DIR", raising=False)
    (tmp_path / "data").mkdir()

    def read(lines: str, rows: str = ROWS, **asked) -> data.Source:
        (tmp_path / "data" / "sources.toml").write_text(HEAD + lines + "\n" + COLUMNS)
        (tmp_path / "data" / "sales.csv").write_text(rows)
        return data.read("sales", **asked)

    return read


@pytest.mark.parametrize(
    ("lines", "firms", "why"),
    [
        (
            'keep = { firm = "filled" }\ndrop = { firm = ["Total"] }',
            ["Acme", "Bolt"],
            "firm is blank; firm is Total",
        ),
        ('keep = { status = ["new"] }', ["Bolt"], "status is not new"),
        ('drop = { firm = ["", "Total"] }', ["Acme", "Bolt"], "firm is  or Total"),
        (
            'keep = { firm = ["Acme", "Bolt"], status = "filled" }',
            ["Acme", "Bolt"],
            "firm is not Acme or Bolt",
        ),
    ],
)
def test_rows_are_left_out_as_declared_and_counted(ask, lines, firms, why):
    source = ask(lines)
    assert source.frame["firm"].tolist() == firms
    assert source.said[0].startswith(f"{4 - len(firms)} of 4 rows left out: {why}")
    assert source.said[0] in source.note
    assert ask(lines).said == source.said  # a second time, when nothing is checked again


def test_what_is_asked_of_a_table_is_of_the_rows_that_are_kept(ask):
    lines = 'keep = { firm = "filled" }\ndrop = { firm = ["Total"] }'
    assert ask(lines, take={"units": "sum"}).frame["units"].tolist() == [10]


def test_a_text_for_nothing_is_not_filled(ask):
    rows = ROWS.replace("Total", "n/a")
    assert ask('na = ["n/a"]\nkeep = { firm = "filled" }', rows).frame["firm"].tolist() == ["Acme", "Bolt"]


def test_a_row_is_named_where_it_stands_in_the_file(ask):
    with pytest.raises(data.DataError, match="row 5, column 'units': found 'x'"):
        ask('keep = { firm = "filled" }\ndrop = { firm = ["Total"] }', ROWS.replace("9,new", "x,new"))


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('keep = { status = ["activ"] }', "no row has 'activ' in column 'status'; did you mean 'active'?"),
        ('drop = { firm = ["Totals"] }', "no row has 'Totals' in column 'firm'; did you mean 'Total'?"),
        ('keep = { state = ["new"] }', "keep or drop names column 'state'; did you mean 'status'?"),
        ('keep = { firm = "full" }', "keep says 'full' of 'firm'; write a list of its labels"),
        ('keep = { status = ["new"] }\ndrop = { firm = ["Bolt"] }', "keep and drop leave no row"),
    ],
)
def test_what_keeps_the_wrong_rows_is_refused(ask, lines, said):
    with pytest.raises(data.DataError) as refused:
        ask(lines)
    assert said in str(refused.value)


def test_a_file_that_cannot_be_read_says_so_itself(ask):
    with pytest.raises(data.DataError, match="row 3: 2 cells where the header has 3"):
        ask('keep = { firm = "filled" }', "firm,units,status\nAcme,1,a\nBolt,2\nCox,3,a\n")


def test_a_row_of_totals_that_lacks_its_firm_is_called_one(ask):
    with pytest.raises(data.DataError) as refused:
        ask("", "product,firm,units\nTotal,,3\nA,Acme,3\n")
    said = str(refused.value)
    assert "row 2" in said and 'keep = { firm = "filled" }' in said and "nullable" not in said


def test_a_minus_after_a_number_is_read_where_it_is_declared(ask):
    rows = "firm;units\nAcme;11-\nBolt;1.305 -\nCox;7\n"
    german = 'decimal = ",", thousands = "."'
    read = ask(f"format = {{ trailing_minus = true, {german} }}", rows)
    assert read.frame["units"].tolist() == [-11, -1305, 7]
    with pytest.raises(data.DataError, match="if 5- means −5, set format = "):
        ask(f"format = {{ {german} }}", rows)


def test_no_setting_takes_the_sign_off_a_number(ask):
    with pytest.raises(data.DataError, match="would take the sign off a number"):
        ask("[sales.columns.price]\ntype = 'number'\nstrip = [' -']")


def test_everything_wrong_with_a_table_is_said_at_once(ask):
    with pytest.raises(data.DataError) as refused:
        ask("", "firm,units\nAcme,x\n,2\n")
    assert "column 'firm'" in str(refused.value)
    assert ["column 'units': found 'x'" in line for line in refused.value.others] == [True]

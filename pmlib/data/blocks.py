"""Keys of whole numbers that follow each other: a bit each, in blocks of 64, shows whether they differ."""

from pmlib.data.checked import Checked
from pmlib.data.facts import SAMPLE
from pmlib.sql import Name, Sql, sql

FULL = 8  # rows of a block on average, below which blocks would take more memory than they save


def lie_in_blocks(checked: Checked) -> bool:
    """Whether the key is one column of whole numbers of which the first rows hold many in each block."""
    name, *more = checked.table.unique or [""]
    if not name or more or checked.table.columns[name].type != "integer":
        return False
    start = sql("({} limit {})", checked.typed([name]), Sql(str(SAMPLE)))
    count = sql("select count(*) as rows, count(distinct {}) as blocks from {}", block(checked), start)
    found = checked.run(count)
    return found["rows"][0].as_py() >= FULL * found["blocks"][0].as_py()


def block(checked: Checked) -> Sql:
    """Number the block that a row's key lies in."""
    return sql("({} >> 6)", _key(checked))


def bits(checked: Checked) -> Sql:
    """Gather the keys of one block, a bit each."""
    return sql("bit_or(1::ubigint << ({} & 63))", _key(checked))


def _key(checked: Checked) -> Name:
    return checked.column(checked.table.unique[0])

"""SQL: templates are literals, names are quoted, everything else is bound."""

import ast
from pathlib import Path

import pytest

from pmlib.sql import Name, joined, sql

PACKAGE = Path(__file__).parents[1] / "pmlib"
CALLS = [
    pytest.param(node, id=f"{path.relative_to(PACKAGE)}:{node.lineno}")
    for path in sorted(PACKAGE.rglob("*.py"))
    for node in ast.walk(ast.parse(path.read_text("utf-8")))
    if isinstance(node, ast.Call)
]


def called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def test_every_template_is_a_literal_and_no_query_is_put_together_from_text():
    for param in CALLS:
        node = param.values[0]
        if called(node) == "sql" and isinstance(node.func, ast.Name):
            assert isinstance(node.args[0], ast.Constant), param.id
        if called(node) in ("execute", "sql", "query", "read_sql") and node.args:
            assert not isinstance(node.args[0], ast.JoinedStr | ast.BinOp), param.id


def test_text_from_data_becomes_no_code():
    evil = 'x"; drop table t; --'
    made = sql("select {} from t where a = {} and b in ({})", Name(evil), evil, joined(", ", [1, evil]))
    assert made.text == 'select "x""; drop table t; --" from t where a = ? and b in (?, ?)'
    assert made.parameters == (evil, 1, evil)

"""Against whom: market structure, price and features."""

# Plain imports, in this form: a function may share its module's name, and the function must win.
from pmlib.competitive.market import firm_shares

__all__ = ["firm_shares"]

"""A first declaration of a file that nobody has declared yet: every guess in it is marked as one."""

from pmlib.data.propose.declare import Proposal, propose
from pmlib.data.propose.sketch import sketch
from pmlib.data.propose.toml import pairs

__all__ = ["Proposal", "pairs", "propose", "sketch"]

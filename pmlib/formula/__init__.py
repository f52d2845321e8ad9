"""Small closed formulas that a page can compute again at other values: numbers and operations only."""

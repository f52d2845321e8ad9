"""The driver tree: text that multiplies drivers with units and ranges into a market."""

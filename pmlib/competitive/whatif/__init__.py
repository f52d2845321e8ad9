"""What if: prices, products and firms changed in a fitted demand, with rivals that hold or respond."""

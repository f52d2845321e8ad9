"""Demand: what a fitted model says of prices, rivals and buyers, whatever the model."""

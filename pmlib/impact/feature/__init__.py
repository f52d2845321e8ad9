"""The next feature: reach × adoption × effect × baseline by simulation, and the decision that hangs on it."""

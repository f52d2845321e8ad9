"""What buyers buy next, and what else: switching, duplication, the Dirichlet norm, competitive sets."""

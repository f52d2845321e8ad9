"""What buyers buy next, and what else they buy: switching, duplication, the Dirichlet norm, competitive sets."""

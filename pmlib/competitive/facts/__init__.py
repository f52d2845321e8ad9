"""Claims about rivals: what stands on a day, what changed, and what it says of their offers."""

"""What slides are made of: paper and words, a table, and charts that can be edited."""

"""The page that a product manager opens first: all reports, what each found, how it stands."""

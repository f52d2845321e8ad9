"""Choice models: what a shopper's or a respondent's choices say of what they value."""

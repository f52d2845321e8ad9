"""What past launches did, as a ledger, and what that says of the next one."""

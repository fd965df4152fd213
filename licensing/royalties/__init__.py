"""Who is owed what: the ledger, the split among owners, statements and payouts."""

"""Mentions, terms and an intended use in; a decision, its price and a licence token out."""

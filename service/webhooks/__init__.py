"""Telling tenants what happened: events, their signature, their endpoints and deliveries."""

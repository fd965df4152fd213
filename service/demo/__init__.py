"""The whole story on one machine: a prompt becomes a licensed, signed, verifiable video."""

"""What can be referenced in a prompt, who owns it, and what it may be used for."""

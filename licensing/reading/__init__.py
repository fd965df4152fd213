"""A prompt in, mentions out: the subjects of the registry that a text refers to."""

"""A prompt in, mentions out: which subjects of the registry does this text refer to?"""

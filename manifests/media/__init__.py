"""Videos as they arrive: what they are, whether they are whole, and how they become MP4 or MOV."""

"""Server-rendered pages for viewers, in English and Japanese; they work without JavaScript."""

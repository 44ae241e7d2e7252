"""What is going on, in words: the quiet label at the end of the top bar, and the panel behind it."""

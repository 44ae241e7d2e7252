"""The list of messages: an id vector with a window of rows, drawn by one painter in three densities."""

"""What the program is told by the system it runs on."""

"""The command line: argument parsing, one engine call, printing."""

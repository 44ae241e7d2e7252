"""The program as a person has it: a window on a screen, found and worked through what it tells assistive technology."""

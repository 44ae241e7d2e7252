"""How everything looks: colours by role, type, measures, icons and the small style sheet. Knows no mail."""

"""Small widgets that any pane may use. They know the style and nothing of mail beyond an address."""

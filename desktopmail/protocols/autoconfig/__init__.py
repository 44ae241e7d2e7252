"""Where an address's servers are: bundled facts and published configuration."""

"""Finding servers: every source alone and all together, against servers on loopback."""

"""How the servers of an address are found: what is guessed, what is proven, and which answer is better."""

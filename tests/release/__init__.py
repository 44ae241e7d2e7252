"""What is released, how it is proven, and how a newer version is heard of."""

"""Starts and wires everything; the only place that knows all."""

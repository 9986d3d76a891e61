"""Fit, judge, register: what happens when a model is retrained."""

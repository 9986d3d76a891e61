"""Reach and rate: estimators, calibration, intervals and exact explanations."""

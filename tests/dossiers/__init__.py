"""Synthetic dossiers for tests and benchmarks, in the form of the one-stop system's feed. Never read by a run.

No row is a real dossier. Volumes and on-time rates follow published figures (`calibration.py`); everything else, the
procedures and fields above all, is made up and named so.
"""

"""Expectation suites, findings and the alert digest. Read README.md of this folder first."""

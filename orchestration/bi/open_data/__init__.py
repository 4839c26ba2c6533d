"""The open-data package: which published tables may leave the house, and as what files."""

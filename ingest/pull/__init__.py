"""From a declared source to bytes in the archive. Nothing here reads a figure."""

"""What BI tools and people without one get from the published file."""

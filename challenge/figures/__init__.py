"""The figures of the funnel, kept up to date so that no page counts."""

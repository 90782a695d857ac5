"""The life of a submission, by example."""

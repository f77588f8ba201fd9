"""Make training questions from texts."""

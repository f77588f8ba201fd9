"""Data files of reading reports, and the functions that load them."""

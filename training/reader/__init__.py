"""Teaching the reader, which says which sentence of a passage answers."""

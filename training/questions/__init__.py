"""Questions made from texts, which the model is taught with."""

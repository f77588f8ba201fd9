"""Rank passages for a question, choose the sentences that answer, and decide on a refusal."""

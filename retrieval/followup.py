"""A question that leans on the one before, made complete."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A question complete in itself; `taken` are the words it took over from the question before."""

    question: str
    taken: tuple[str, ...]


def complete(question: str, previous: str) -> FollowUp:
    """`question` with what it leaves out taken over from `previous`."""
    return FollowUp(question, ())

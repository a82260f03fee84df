"""Putting right what is wrong without touching an original.

Every operation is a function that returns a `Plan`; `carrying_out.preview` shows one and `carrying_out.carry_out` does
it, so that nothing is done that was not shown.
"""

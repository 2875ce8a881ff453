"""Floor 1: what happens, in order, when somebody writes, answers or leaves."""

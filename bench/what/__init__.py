"""What can be measured: a module each, with ``measure(rounds)`` that gives one line for each goal."""

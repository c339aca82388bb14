"""The command line: one file for each command, each a thin face of one library call.

Modules here import nothing heavy at their top, so that `--help` stays quick; a command imports what it needs.
"""

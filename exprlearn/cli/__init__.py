"""The command line: `commands` is the table of all commands, `options` of what they take; each is run by a function.

`main`, `app`, `commands`, `options`, `output` and `plugin_commands` import nothing heavy, so that `--help` stays quick.
All other modules are imported when a command of theirs is run, and import what they need at their top.
"""

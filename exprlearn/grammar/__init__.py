"""A `.lark` file as a data specification: loading, pragmas, compiled rules, lints."""

"""Several processes that train one model: which one this is, starting all, and what they do together."""

"""Recipes: experiments ready to be run, with what is expected of them; and doing a run or a recipe again."""

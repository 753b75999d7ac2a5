"""Node 42, a third region for the stories: `python -m tests.stories.hubei`, in the node's environment, sets it up and prints its card.

`42.toml` is its registry, `agreement.json` what it and Chongqing have signed."""

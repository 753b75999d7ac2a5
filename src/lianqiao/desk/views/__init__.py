"""Pages of the desk: `work` the lists, `case` one case and its verbs, `offers` what other regions offer, `questions` what is asked of us."""

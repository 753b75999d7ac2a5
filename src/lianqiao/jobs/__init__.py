"""Holds long work that outlives the page and the process in which it began: jobs, the rows that they go through, what each row came to.
In come jobs of the rooms below, begun by a person, each of a kind that its room has registered.
Out go progress, problems by row and column, and results, to the person who began the job and to nobody else."""

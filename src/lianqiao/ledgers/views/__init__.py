"""The pages of the ledgers: all of them, one as a sheet, what is taken out (`sheet`), and what comes in (`imports`)."""

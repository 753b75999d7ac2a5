"""The pages of the ledgers: all of them and one as a sheet (`sheet`), what it shows (`choosing`), what is taken out (`out`), and what comes in (`imports`)."""

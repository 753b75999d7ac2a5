"""Holds what is filed by the batch: which row of which agency became which case.
In come tables (XLSX, CSV, NDJSON) of intake officers of centres, hotlines, chambers and workstations.
Out go cases, each filed by the ordinary verb, and per row its number, receipt and code word, or what is wrong with it."""

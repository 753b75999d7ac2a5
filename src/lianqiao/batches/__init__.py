"""Holds what is handed in by the table: which row of which agency became which case; enterprises entered by the file.
In come tables (XLSX, CSV, NDJSON) of intake officers of centres, hotlines, chambers and workstations, and of administrators.
Out go enterprises, and cases, each filed by the ordinary verb, and per row its number, receipt and code word, or what is wrong with it."""

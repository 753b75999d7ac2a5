"""Holds the ledgers (台账): saved definitions of which cases, which columns, which order and grouping, and who may open them; no rows of its own.
In come definitions of officers, the catalogue's columns and the columns that other rooms declare.
Out go rows for who may see them, on the screen and as a workbook (XLSX) or text (CSV), with the definition of each column beside the figures."""

"""Holds: measurements, each beside a named yardstick taken in the same run (`make bench`), and what they stand on.
Comes in: the sizes `--pairs` and `--seconds`, PostgreSQL of this machine, two nodes started for the purpose.
Goes out: one table, and JSON with the machine and every single pair under bench/results/."""

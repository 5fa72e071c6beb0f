"""Held-out readings: what each training message looks like to a reader that has not seen it.

A training makes them to calibrate its confidence and leaves them in the model as `HELD_OUT`: a list of
[intent, text, understood, confidence, wishes]. Cheap to import: figures are made from the file alone.
"""

FOLDS = 5
"""Parts the messages are split into; each is read by who learned the others."""

HELD_OUT = "held_out.json"

"""Engine and unit of work, migrations, time as a table (deadlines), what leaves the house (outbox), the bus of hints."""

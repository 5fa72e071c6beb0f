"""The ground floor: settings, the one clock, errors people can read, text tools. Imports no other room."""

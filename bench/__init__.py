"""Measurements that are no tests: run by `make figures`."""

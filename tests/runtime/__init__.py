"""The tests of the runtime, one module for each side of it; test_runtime.py collects them."""

"""Tables that the pipeline reads; what each holds and where it is from is in README.md."""

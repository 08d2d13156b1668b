"""New rows → mail: rules, matching, digests, delivery."""

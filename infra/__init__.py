"""The CDK app: one set of stacks for a laptop, for staging and for production."""

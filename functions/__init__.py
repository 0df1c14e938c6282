"""One folder a Lambda function; each handler is a composition root."""

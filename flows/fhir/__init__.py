"""FHIR R4 JSON in and out: questionnaires read into items, responses and Bundles written. No other module knows its spelling."""

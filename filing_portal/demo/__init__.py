"""Made-up data for the embedded portal: people, units, filings in every state, published entries."""

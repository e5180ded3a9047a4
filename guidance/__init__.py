"""Help texts, training and contacts: what people read before they ask."""

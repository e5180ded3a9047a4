"""What authorities see of the whole: the country, a province, a district, a school; with charts, lists and campaigns.

``providers`` counts provider filings (kept in the cache for a minute), ``uses`` makes the figures of a subtree from
``users.tally`` (exact at all times), ``national`` those of the country. ``views`` are the pages.
"""

"""For authors of definitions: a conversation in a terminal, catalogues for translators, tables and graphs drawn."""

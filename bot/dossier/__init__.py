"""The dossier of a case: one PDF in the hospital's language and the family's, and the packet that it travels in.

`material` gathers rows, `sheet` words them twice, `printing` hands the words to typst as data. Nothing that is made is kept.
"""

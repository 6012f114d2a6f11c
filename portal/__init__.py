"""The portal: a folder is a subject, a file is a role.

subjects   rows · editions · history · dates · forecast · embeds (the table of processing dates)
           notices · search · contacts · hours · status · prepare · forms · delivery · mailboxes · tokens ·
           hub (WebSub)
roles      rules (decide) · records (fetch and keep) · files (read a file) · feeds · calendars · cards · charts ·
           pages · api
below      web (what is common to all pages) · store (what is kept) · feeds (RSS, Atom, JSON Feed, archives, OPML)
           text (typed texts) · config · assets · core (pure words and values)
data       facts (what `portal init` stores, and the description of the data) · migrations
above      wsgi (the door) · app (the only file that knows every other) · front, machines (pages of several
           subjects) · commands (the `portal` command) · demo (demonstration content)
"""

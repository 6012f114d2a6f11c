"""The portal: a folder is a subject, a file is a role.

subjects   rows · editions · history · dates · forecast · embeds (the table of processing dates)
           notices · writing (a notice before it is kept) · search · contacts · hours · status ·
           opened (a request in the hands of staff) · prepare · forms · delivery · mailboxes · tokens · hub (WebSub)
           audit · staff · drafts · approvals (by a second person) · reads (of the feeds)
           publication (the acts that the desk, the commands and programs share) · backoffice (what programs write)
roles      rules (decide) · records (fetch and keep) · files (read a file) · feeds · calendars · cards · charts ·
           pages · api
below      web (what is common to all pages) · store (what is kept) · feeds (RSS, Atom, JSON Feed, archives, OPML)
           text (typed texts) · config · assets · core (pure words and values)
data       facts (what `portal init` stores, and the description of the data) · migrations
above      wsgi (the door) · app (the only file that knows every other) · front, machines (pages of several
           subjects) · commands (the `portal` command) · desk (the pages of staff) · demo (demonstration content)
"""

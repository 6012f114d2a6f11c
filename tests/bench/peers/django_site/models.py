"""What is kept: the rows of the table and the notices."""

from django.db import models


class Row(models.Model):
    """A row of the table, and what it says now."""

    row_key = models.CharField(max_length=40, unique=True)
    row_group = models.CharField(max_length=40)
    label_fr = models.CharField(max_length=200)
    label_en = models.CharField(max_length=200)
    note_fr = models.TextField()
    state = models.CharField(max_length=40)
    received_on = models.DateField(null=True)
    as_of = models.DateField(null=True)
    next_update_on = models.DateField(null=True)

    class Meta:
        """In the order in which they were written."""

        ordering = ("id",)


class Notice(models.Model):
    """A notice in French."""

    guid = models.CharField(max_length=200, unique=True)
    title = models.CharField(max_length=200)
    link = models.URLField()
    html = models.TextField()
    published = models.DateTimeField(db_index=True)
    updated = models.DateTimeField()

    class Meta:
        """The newest first."""

        ordering = ("-published",)

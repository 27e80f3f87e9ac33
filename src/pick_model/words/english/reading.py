"""How a file of labelled data was read: what was assumed, and what was left out."""

from __future__ import annotations

READING: dict[str, str] = {
    # Why labels were taken for their kind.
    "kind-as-asked": "as asked",
    "labels-are-lists": "every label is a list",
    "labels-are-bits": "every label is a list of {n} zeros and ones, each place a label",
    "training-labels-are-classes": "the training labels are classes",
    "labels-with-decimals": "the labels are numbers with decimals",
    "labels-of-words": "the labels are {n:,} different words",
    "labels-of-whole-numbers": "the labels are {n:,} different whole numbers",
    "images-cropped-mirrored": "images are trained on cropped at random, to {area:.0%} of their "
    "area at the least, and half of them mirrored",
    "images-cropped": "images are trained on cropped at random, to {area:.0%} of their area at the "
    "least, and never mirrored: {why}",
    "sounds-shifted": "sounds are trained on begun up to {seconds} s later, under noise of "
    "{share:.0%} of their own level; order, pitch and speed stay",
    "label-has-sides": "an image labelled {label} may mean another thing in the mirror",
    "labels-are-numbers": "the labels are numbers",
    "folder-a-class": "each file lies in the folder of its class",
    "rows-have-tags": "the rows are tokens with tags",
    "one-column-of-each-row": "one column of each row is 1",
    "rows-join-labels": "{rows:,} of {n:,} rows join labels with {separator!r}",
    # What else was assumed.
    "rows-are-tokens": "rows are tokens, put together by {column!r}",
    "columns-of-bits": "{n} columns hold only 0 and 1, so each is taken for a label",
    "columns-can-be-too": "other columns can be {what} too: {options}",
    "read-as-conllu": "ten columns, the first numbers: read as CoNLL-U, tags from UPOS",
    "first-column-counts": "the first column counts tokens and is passed over",
    "tokens-from-column": "tokens are taken from column {column}: those before it repeat or count",
    "tags-before-tokens": "the tags stand before the tokens",
    "tags-from-column": "tags are taken from column {column}: the last {why}",
    "last-holds-numbers": "holds numbers",
    "last-never-changes": "is the same on every line",
    "tags-from-last": "tags are taken from the last column; others mark spans too: {options}",
    "no-tags-of-spans": "no tags of spans (O, B-…, I-…) are among them, so each word is scored",
    "tags-without-names": "tags are numbers without names, so entities cannot be told from them",
    "labels-differ-in-case": "labels {one!r} and {other!r} differ in case alone, and are two",
    "labels-look-alike": "labels {one!a} and {other!a} look the same, and are two",
    "rows-without-tokens": "{n:,} {n:row|rows} without tokens {n:was|were} passed over",
    "a-sample": "a sample of {n:,} of {all:,} rows",
    "rows-skipped": "{n:,} {n:row|rows} without a label ({labels!r}) {n:is|are} left out",
    "one-in-each-row": "each row has exactly one 1, so labels are classes (else: --kind "
    "multi-label)",
    "one-in-each-list": "each list has exactly one 1, so labels are classes (else: --kind "
    "multi-label)",
    "may-mean-no-label": "{label!r} is read as a class; if it means that there is no label: "
    "{option}",
    "label-listed-again": "{n:,} {n:row lists|rows list} a label more than once; it counts once",
    "places-are-labels": "places of the lists are labels, called {first} to {last}",
    "digits-read-as-class": "{label!r} is read as a class; if each digit is a label, write it as "
    "a list: [0, 1, 1]",
    "labels-taken-apart": "labels are taken apart at {separator!r} (to keep them whole: --kind "
    "single-label)",
    "separator-in-name": "{separator!r} is read as part of a label's name (to take labels apart: "
    "{option})",
}

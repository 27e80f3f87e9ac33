"""Why `init` wrote what it wrote, and what it asks."""

from __future__ import annotations

INIT = {
    "init-name": "by the file or its folder",
    "init-given": "as asked for",
    "init-sequences": "the texts are residues or bases",
    "init-similarity": "pairs with numbers; sentence-similarity, if a model is used as it comes",
    "init-numbers": "the labels are whole numbers: classes, or regression if they are amounts",
    "init-pairs": "two columns of text: {columns}",
    "init-languages": "{share:.0%} of {n:# piece|# pieces} of text",
    "init-no-language": "the texts do not tell",
    "init-spans": "{n:# kind|# kinds} of spans, in {n_tags} tags",
    "init-labels": "counted: {n}",
    "init-rows": "counted in {source}",
    "init-files": "files counted in {folder}",
    "init-tokens": "95 % of rows are within {characters:,} characters; a tokenizer tells",
    "init-tokens-cut": "95 % of rows are within {characters:,} characters; the rest is cut, or "
    "name more",
    "init-uneven": "the largest class is {times:.0f} times the smallest, and each counts alike",
    "init-usual": "usual for {kind}",
    "init-folders": "{n} folders of {kind} files{n_others:|, and # other file|, and # other files}",
    "init-one-folder": "a file lies in one folder",
    "init-pixels": "the shorter side is {side:.0f} px in the median of {n}; read at the usual "
    "{usual}",
    "init-pixels-unknown": "the sizes cannot be told; read at the usual {usual}",
    "init-seconds": "95 % of {n} files are within it",
    "init-seconds-unknown": "only WAV files tell their length",
    "init-columns": "by the names of the columns {columns}",
    "init-label-presumed": "only by its values {column} may be the label (--label says which is)",
    "init-other-texts": "the texts are taken from {column}; {others} would be others (--text NAME)",
    "init-table": "a column names {kind} files{n_others:|, and # other|, and # others}",
    "init-one-label": "a file has one label",
    "init-gpu": "this machine's: {name}",
    "init-no-gpu": "this machine has no accelerator; nvidia-t4 is presumed (hardware: local)",
    "init-label-dates": "the labels in {column} are dates (--label says which column is)",
    "init-rows-unlabelled": '{why}; {n:# row|# rows} without a label left out (--skip-label "")',
    "init-not-probed": "{why}; recommend ranks models for it, and probe cannot measure them",
    "init-translation": "the columns {columns} are translations, from {source} to {targets}",
    "init-rewriting": "{columns} are in one language: a text rewritten, or labels (--label NAME)",
    "init-offsets": "{column} marks {n:# kind|# kinds} of spans by where they begin and end; probe "
    "reads lists of words and of tags (B-…, I-…, O): convert it to these",
    "init-figures": "a table of figures; {why}",
    "init-target-asked": "its target is {column}",
    "init-target-by-name": "its target is {column}, by its name",
    "init-target-by-place": "its target may be {column} (--label says which is)",
    "init-target-of-numbers": "{why}, whole numbers: classes, or amounts to predict "
    "(--task tabular-regression)",
    "init-labels-of-objects": "each cell of {column} is a list of objects, which may be its "
    "labels: write it as a list of words",
    "init-series": "figures in {columns} by the time in {column}",
    "init-speech": "{file} names sounds, and {text} holds what is said; text-to-speech, if that is "
    "to be read out",
    "init-captions": "{file} names images, and {text} holds what is written of them; "
    "image-text-retrieval, if one is to find the other",
    "init-answers": "questions with answers in {columns}, and no passage to find them in; "
    "text-ranking, if the answer is among known ones",
    "init-unlabelled": "texts without labels in {columns}: to embed or search; to classify them "
    "add labels, or say which column holds them (--label NAME)",
    "label-to-name": "probe, screen and select need to be told the label: {option}",
    # errors
    "folder-without-data": "holds no file of rows and no folders of images or sounds",
    "one-class-folder": "holds one class, {name!r} with {n:# file|# files}: nothing to tell apart",
    "folder-of-classes-wanted": "a folder for each class, two or more, in the folder that --data "
    "names; or a table of files and labels",
    "folder-of-several": "holds several files of rows: {names}",
    "would-replace": "is there already",
    "add-force": "--force replaces it",
    "nothing-to-go-by": "neither data nor a task to write a profile for",
    "columns-without-data": "columns are named, and no data to read them from",
    "add-data-to-init": "--data FILE",
    "give-data-or-task": "--data FILE, or --task NAME",
}

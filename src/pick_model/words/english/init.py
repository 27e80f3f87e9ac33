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

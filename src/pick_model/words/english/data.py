"""What to know about labelled data before training on it."""

from __future__ import annotations

DATA = {
    "first-rows": "{rows}{more:| and # more| and # more}",
    "rows-in-training-too": "{count:# held-out row|# held-out rows} "
    "({rows}) {count:is|are} also in training ({exact:,} to the "
    "letter): the score will flatter",
    "rows-in-conflict": "{count:# row|# rows} ({rows}) "
    "{count:is|are} the same text as another row with another label",
    "rows-empty": "{count:# row|# rows} ({rows}) {count:is|are} without text",
    "rows-twice": "{count:# row|# rows} ({rows}) {count:is|are} "
    "the same text as an earlier row ({exact:,} to the letter); a split keeps them on one side",
    "first-files": "{files}{more:| and # more| and # more}",
    "files-in-training-too": "{count:# held-out file|# held-out files} ({files}) {count:has|have} "
    "the same bytes as one in training: the score will flatter",
    "files-in-conflict": "{count:# file|# files} ({files}) {count:has|have} the same bytes as one "
    "of another label",
    "files-twice": "{count:# file|# files} ({files}) {count:has|have} the same bytes as an earlier "
    "one; a split keeps them on one side",
    "files-of-other-kind": "beside the {read} files {n:# file|# files} of kind {kind} {n:is|are} "
    "left out",
    "files-of-no-kind": "{n:# file|# files} ({files}) {n:is|are} left out: by the suffix neither "
    "image nor sound",
    "files-of-no-class": "{n:# file|# files} ({files}) beside the folders of the classes "
    "{n:is|are} left out",
    "folders-without-files": "no {kind} file lies in {names!r}{more:| and # more| and # more}: "
    "{n:it is no class|they are no classes}",
    "rows-badly-tagged": "{count:# row|# rows} ({rows}) "
    "{count:is|are} tagged inside an entity that never began",
    "numbers-far-off": "the {count:number|numbers} of {count:# row|# rows} ({rows}) "
    "{count:lies|lie} more than a hundred times as far from the middle, {middle:g}, as most do: "
    "typing errors, or the logarithm is what to learn",
    "classes-uneven": "class {largest!r} is {times:.0f} times as frequent as {smallest!r} "
    "({n_largest:,} to {n_smallest:,}): look at macro F1 rather than accuracy",
    "first-classes": "{names!r}{more:| and # more classes| and # more classes}",
    "first-classes-counted": "{classes}{more:| and # more classes| and # more classes}",
    "class-count": "{name!r} ({count})",
    "classes-small": "fewer than {limit} examples of {classes}",
    "classes-untrained": "no training rows of {classes}, which the held-out rows have",
    "classes-untested": "no held-out rows of {classes}",
    "rows-sorted": "rows are sorted by class: never take the first rows as a sample of this file",
    "labels-doubtful": "{n:,} of {checked:,} labels are doubtful to a TF-IDF model that is right "
    "on {accuracy:.0%}; look first at rows {worst}",
    "label-doubtful": "{row} ({label!r}, or {predicted!r} with probability {probability:.2f})",
    "kind-not-searched": "labels of kind {kind} are not searched",
    "pairs-not-searched": "pairs are not searched",
    "classes-too-small": "fewer than two classes have {n} rows",
    "no-time-to-search": "there is no time to look",
    "too-many-classes": "more than {most} classes",
    "no-words-repeat": "the texts hold no words that repeat",
    "files-not-searched": "labels of files are not searched",
    "files-left-out": "{n:# file|# files} of {all:,} left out: {files}",
    "file-because": "{file} {why}",
    "tfidf-no-better": "TF-IDF is no better than the majority class here",
    "scripts-several": "rows are of several scripts ({shares}): the model must know each language",
    "script-share": "{script} {share:.0%}",
}

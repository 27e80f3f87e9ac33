"""What a screen on queries says: of the data, of prompts, of BM25."""

from __future__ import annotations

RETRIEVAL: dict[str, str] = {
    # what is wrong with the files
    "no-column-for-part": "has no column of the {part} among {columns}",
    "name-search-column": "name it: --column {part}=COLUMN",
    "search-column-unreadable": "--column {item!r}",
    "write-part-and-column": "write PART=COLUMN, as passage=body",
    "unknown-search-part": "--column: unknown part {part!r}",
    "give-table-of-texts": "a table or JSON lines with a column of text",
    "search-cell-not-text": "the {part} is no text",
    "search-id-missing": "the {part} is empty",
    "give-each-an-id": "give each row an id of its own",
    "search-id-twice": "the id {name!r} stands in row {row} already",
    "grade-no-number": "the grade {told!r} is no number of 0 or more",
    "write-grade": "0 for not relevant, 1 for relevant, more for better",
    "no-judgement-line": "no judgement of TREC's kind",
    "write-judgement-line": "a line each: QUERY 0 PASSAGE GRADE; or a table with a header",
    "judged-twice": "the query {query!r} and the passage {passage!r} have another grade in row "
    "{row}",
    "keep-one-judgement": "keep one of the two",
    "judged-unknown": "no {what} {name!r} in {file}",
    "no-query-answered": "no query has a relevant passage",
    "judge-some-passage": "a judgement above 0 for each query",
    "too-few-passages": "{n:no passage|one passage|# passages} to search among",
    "give-more-passages": "the whole corpus, as it will be searched",
    # what is wrong with the options
    "pairs-and-files": "--pairs has queries and passages in one file, so no other goes with it",
    "three-files-or-pairs": "queries need a corpus and judgements",
    "name-three-files": "--queries FILE --corpus FILE --relevance FILE, or --pairs FILE",
    "data-or-queries": "labelled rows or queries, not both",
    "no-rows-or-queries": "nothing to screen on",
    "name-data-or-queries": "--data FILE; or --queries, --corpus and --relevance; or --pairs FILE",
    "option-of-rows": "{option} belongs to labelled rows, not to queries",
    "option-of-queries": "{option} belongs to queries",
    "task-not-searching": "no model searches for {task}",
    "searching-tasks": "{tasks} it can be",
    "metric-not-of-retrieval": "the metric {metric!r} is not computed for queries",
    # what is wrong with a model
    "sentence-part-not-read": "{name} makes its vectors by {kind}, which is not read here",
    "give-plain-sentence-encoder": "an encoder that gives one vector a text: transformer, pooling, "
    "linear layers",
    "dense-without-safetensors": "{name} has no {path}",
    "dense-does-not-fit": "{file} of {name} is no linear layer for vectors of {wide}",
    "vectors-not-finite": "{name} gives NaN or infinite vectors on the texts",
    # what a reader should know
    "queries-without-answer": "{n:# query|# queries} ({rows}) without a relevant passage "
    "{n:is|are} left out",
    "name-column-again": "name this file's, too: another --column {part}=…",
    "queries-answered-by-empty": "{n:# query|# queries} whose only answers have no text "
    "{n:is|are} left out, too",
    "queries-without-text": "{n:# query|# queries} ({rows}) without text {n:is|are} left out",
    "passages-without-text": "{n:# passage|# passages} ({rows}) without text {n:is|are} left out",
    "queries-among-passages": "{n:# query stands|# queries stand} in the corpus, too, with the "
    "same id and text: none is taken for its own answer",
    "pairs-without-text": "{n:# row|# rows} ({rows}) without query or passage {n:is|are} left out",
    "few-queries": "{n:# query is|# queries are} too few for the intervals to be wide enough",
    "retrieval-undecided": "{n} models may be the best; these queries do not tell them apart",
    "bm25-better": "BM25 finds more than every model here, {model} included",
    "bm25-level": "these queries do not tell {model} from BM25",
    "bm25-level-in": "on the queries in {language} alone, {model} is not told from BM25, or is "
    "worse",
    "prompt-replaced": "{model} was trained with {own!r} before each {side}, and {text!r} was "
    "written",
    "no-sentence-settings": "{model} says nothing of vectors of texts: the mean of its tokens was "
    "taken, and it was hardly made for this",
    "prompts-of-other-names": "{model} has prompts ({names}), none of which is known to be for "
    "queries: --query-prefix writes one",
}

"""What a screen and a probe on interactions say: of the data, of verdicts, of baselines."""

from __future__ import annotations

RECOMMENDATION: dict[str, str] = {
    # what is wrong with the files
    "double-colon-layout": "its lines have {n_fields} fields with :: between, and no header says "
    "what they are",
    "save-with-header": "save it as CSV with a first line of names: user,item,rating,timestamp",
    "save-items-with-header": "save it as CSV with a first line of names: item,title",
    "item-with-two-texts": "the item {name!r} stands in row {row} with another text",
    "one-text-an-item": "give each item one text",
    "write-or-delete-row": "write the {part}, or delete the row",
    "write-item-header": "write a first line of names: item,title",
    "no-ratings-to-bound": "has no column of ratings for --min-rating",
    "leave-min-rating-out": "leave --min-rating out, or name it: --column rating=COLUMN",
    "too-few-items": "{n:no item has|one item has|# items have} a text: nothing to choose among",
    "too-many-items": "{n:,} items are more than the {most:,} that can be ranked at once",
    "fewer-items": "leave items out that are no longer offered",
    "no-rows-of-interactions": "has no rows of interactions",
    "items-mostly-unknown": "{n:,} of {of:,} rows are of items that are not in {file}, as {item!r}",
    "no-time": "the time {told!r} is none",
    "write-time": "seconds as a number, or 2026-03-14 or 2026-03-14T15:09:26",
    "no-rating": "the rating {told!r} is no number",
    "write-rating": "write a number, or delete the row",
    "nobody-with-two": "no user has two items that count",
    "give-more-interactions": "more interactions of each user, or a lower --min-rating",
    "split-without-times": "--split time needs times, and the interactions have none",
    "leave-last-out-instead": "--split leave-last-out; or --column timestamp=COLUMN",
    "nothing-asked-for": "nobody took something new in the last tenth of the time and was there "
    "before",
    "nothing-to-learn": "nothing is left to learn from",
    "holds-interactions": "holds who took what ({user}, {item}), no texts with labels",
    "name-items": "give the items' texts: --items ITEMS.csv (item, text)",
    # what is wrong with the options
    "option-of-items": "{option} belongs to interactions",
    "items-without-texts": "recommending needs the items' texts",
    "items-without-data": "--items needs the interactions: --data FILE",
    "option-not-of-items": "{option} does not belong to interactions",
    "select-not-of-items": "select does not choose among recommenders yet",
    "screen-then-probe-items": "pick-model screen --data FILE --items FILE --model … ranks them, "
    "then pick-model probe MODEL --data FILE --items FILE",
    "task-not-of-items": "the task {task} recommends no items",
    "task-of-items": "task: item-recommendation",
    "metric-not-of-ranking": "the metric {metric!r} is not computed for recommendations",
    # a verdict's reason; what is above or below is the model
    "vectors-say-nothing": "on users kept for tuning the vectors add nothing to popularity, so "
    "that popularity is all that was found",
    "below-popularity": "finds less than popularity ({by})",
    "level-with-popularity": "not told from popularity ({by}); more users would tell",
    "as-shuffled": "above popularity ({by}), but the same head on shuffled texts is as well: "
    "{over} above that",
    "as-untrained": "above popularity ({by}), but an untrained copy of the network is as well: "
    "{over} above one more copy; the words of the texts are enough for that",
    "without-control": "above popularity ({by}), but the time was too short for what it has to be "
    "held against (a larger --budget)",
    "too-few-users": "{n:nobody was|one user was|# users were} asked: too few for a verdict, which "
    "takes {least} with two items or more",
    "above-popularity": "above popularity ({by}), {copies} ({over} above one more); over "
    "TF-IDF of the texts it has {words}",
    "copies-are-not": "which untrained copies of the network are not",
    "copies-are-too": "which untrained copies of the network are as well, by less",
    # what the budget did not reach
    "items-not-read": "the time ended before all texts were read",
    "no-time-to-shuffle": "the head on shuffled texts",
    "untrained-dropped": "untrained copies beyond {n}",
    "untrained-fails": "untrained copies: with its weights shuffled the network gives no numbers",
    # what a reader should know
    "no-times-rows-order": "no column of times: the order of the rows is taken for that in time",
    "ratings-below": "{n:no row|one row|# rows} with a rating below {least:g} "
    "{n:was|was|were} left out",
    "ratings-all-count": "every row counts, whatever its {column}: --min-rating N takes those from "
    "N on",
    "ratings-no-number": "{n:# row has|# rows have} no number for a rating, and {n:counts|count} "
    "as the others",
    "times-all-equal": "all times are the same: the order of the rows is taken for that in time",
    "times-odd": "{n:# time is|# times are} in another unit than the others or {n:stands|stand} "
    "for none, as {time:.12g} where {usual:.12g} is usual: {n:it is|they are} taken as "
    "{n:it is|they are}",
    "items-unknown": "{n:# row|# rows} ({rows}) of items that are not among the items "
    "{n:is|are} left out",
    "items-without-text": "{n:# item|# items} without text {n:is|are} left out, with "
    "{rows:no row|one row|# rows} of {n:it|them}",
    "taken-again": "{n:# row|# rows} of items that the user had already {n:counts|count} once, the "
    "first time",
    "users-halved": "of more than {most:,} interactions one user in {n} is kept",
    "users-with-one": "{n:# user|# users} with one item {n:counts|count} for popularity and "
    "{n:is|are} asked for nothing",
    "few-tests": "{n:# user is|# users are} too few for the intervals to be wide enough",
    "nobody-to-tune-on": "nobody has three items, so that the head could not be tuned",
    "later-items-were-seen": "the last item of each user is asked for while later ones of others "
    "are known; --split time asks for what comes after all that is known",
    "no-collaborative-baseline": "implicit is not installed, so that factors of users and items "
    "are missing: pip install 'pick-model[recommendation]'",
    "recommenders-undecided": "{n} models may be the best; these users do not tell them apart",
    "words-better": "TF-IDF of the texts finds more than every model here, {model} included",
    "words-level": "these users do not tell {model} from TF-IDF of the texts",
    "who-took-what-is-better": "for items that were taken before, {way:term} finds more than "
    "{model}: texts are worth it for new items",
    "term:item-knn": "item-kNN",
    "term:als": "ALS",
    "measured-text-encoders": "{models}: measured as encoders of the items' texts; what is ranked "
    "here are recommenders, and screen and probe compare such encoders",
    # progress
    "recommending-without-text": "recommending without texts",
    "training-head": "training the head",
    "reading-items": "reading items",
}

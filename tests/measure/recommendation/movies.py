"""Files of MovieLens' shape whose tastes we know: where in the texts they can be read, or nowhere.

Users like two or three subjects, take what is popular rather than what is not, and now and then
anything. What the item file tells of a film's subject is the design:

meaning   its title, by words that no other title has: to know that `astronaut` goes with
          `nebula` takes pretraining; all genres are alike
genres    its genres, in words that films share; titles are names that say nothing
both      its title and its genres
finer     its genre, which three subjects share, and its title, which tells them apart
noise     nothing: titles and genres are drawn for themselves
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Literal, get_args

from pick_model.data.interactions import Interactions, read_interactions

Design = Literal["meaning", "genres", "both", "finer", "noise"]
DESIGNS: tuple[Design, ...] = get_args(Design)
# A subject's genres and words; no word stands twice, also not in part.
SUBJECTS = {
    "Sci-Fi|Adventure": "astronaut nebula starship android cyborg galaxy martian asteroid rocket "
    "robot alien wormhole satellite cosmonaut lightspeed clone hologram teleporter supernova "
    "spacesuit orbit saucer",
    "War|Drama": "trenches battalion platoon sergeant infantry bomber grenade bayonet armistice "
    "submarine artillery general barracks sniper landmine regiment cavalry blitz paratrooper "
    "medic prisoner deserter",
    "Romance|Comedy": "wedding sweetheart bridesmaid kiss valentine honeymoon courtship proposal "
    "flirt bachelorette crush darling matchmaker engagement dating lovebirds heartbreak "
    "soulmate fiance elopement bouquet cupid",
    "Crime|Thriller": "heist mobster detective gangster burglar blackmail ransom alibi murderer "
    "smuggler fugitive swindler jewel-thief informant cartel bootlegger accomplice racket "
    "forger hitman warrant safecracker",
    "Horror|Mystery": "vampire zombie werewolf haunting exorcism ghoul crypt demon coffin poltergeist "
    "banshee mummy graveyard possession seance slasher nightmare cannibal witch undead "
    "scarecrow asylum",
    "Western|Action": "cowboy sheriff saloon stagecoach outlaw lasso rancher gunslinger prairie "
    "buffalo wrangler tumbleweed holster rodeo frontier posse prospector homestead mustang "
    "spurs corral deputy",
    "Sport|Biography": "boxer goalkeeper quarterback marathon sprinter wrestler pitcher stadium "
    "gymnast referee linebacker tournament knockout striker playoffs olympian decathlon "
    "batsman fencer coach hurdles scrum",
    "Musical|Fantasy": "orchestra soprano ballad violinist jazz conductor opera drummer cabaret "
    "melody guitarist choir pianist symphony crooner concerto chorus saxophone tenor lullaby "
    "banjo waltz",
    "Children|Animation": "puppy kitten teddy-bear toybox playground crayon hamster duckling "
    "lollipop treehouse kindergarten balloon bunny sandcastle piglet puppet cub dollhouse "
    "pony tadpole gingerbread rattle",
    "Documentary|Food": "chef bakery vineyard truffle recipe banquet pastry sommelier bistro "
    "gourmet noodle barbecue cheese kitchen chocolate soup dumpling omelette butcher spice "
    "feast tavern",
    "History|Epic": "emperor pharaoh gladiator crusade monarch dynasty samurai caesar viking throne "
    "knight conquistador sultan cathedral legionary duchess castle joust coronation "
    "centurion pope tsar",
    "Film-Noir|Sea": "sailor captain lighthouse shipwreck whale harbor pirate galleon tide mermaid "
    "anchor schooner reef typhoon admiral fisherman lagoon buccaneer frigate compass "
    "lifeboat kraken",
}
GENRES = tuple(dict.fromkeys(genre for pair in SUBJECTS for genre in pair.split("|")))
BROAD = ("Action", "Drama", "Comedy", "Adventure")
BEFORE = "The,A,My,Last,First,Return of the,Day of the,Night of the,Song of the,Farewell to the"
NAMES = "Aldo Bertil Carla Dorit Egon Fanny Gerda Hiram Ilse Jonas Klara Lothar Mirko Nelly Otmar"
SURNAMES = "Abbey Brandt Castell Dorn Ebner Faber Gruen Holm Isler Jansen Kern Lindt Moser Nagel"
N_WORDS = 22  # of each subject

Titled = tuple[str, str]  # a title, and genres with | between


def films(design: Design, n_items: int, seed: int) -> tuple[list[int], list[Titled]]:
    """The subject of each film, and what the item file says of it."""
    drawn = random.Random(seed)
    words = [text.split() for text in SUBJECTS.values()]
    assert n_items <= len(words) * N_WORDS
    subjects = [at % len(words) for at in range(n_items)]
    told: list[Titled] = []
    for at, subject in enumerate(subjects):
        seen = drawn.randrange(len(words)) if design == "noise" else subject
        word = words[subject][at // len(words)].title()
        name = f"{drawn.choice(NAMES.split())} {drawn.choice(SURNAMES.split())}"
        title = (
            name if design in ("genres", "noise") else f"{drawn.choice(BEFORE.split(','))} {word}"
        )
        genres = "(no genres listed)" if design == "meaning" else list(SUBJECTS)[seen]
        if design == "finer":
            genres = BROAD[subject // 3]
        elif design != "meaning" and drawn.random() < 0.3:
            genres += f"|{drawn.choice([g for g in GENRES if g not in genres])}"
        told.append((f"{title} ({drawn.randrange(1950, 2000)})", genres))
    return subjects, told


def histories(
    subjects: list[int], n_users: int, seed: int, *, loyal: float = 0.8, mean: int = 20
) -> list[list[int]]:
    """What each user took, in the order of time.

    loyal: share of it that is of the user's subjects. mean: items of a user, from 5 on.
    """
    drawn = random.Random(f"{seed} users")
    popular = [1 / (1 + rank) ** 0.8 for rank in range(len(subjects))]
    drawn.shuffle(popular)
    found = []
    for _ in range(n_users):
        liked = drawn.sample(range(len(SUBJECTS)), drawn.choice((2, 3)))
        had: list[int] = []
        for _ in range(min(5 + int(drawn.expovariate(1 / (mean - 5))), len(subjects) // 3)):
            loyally = drawn.random() < loyal
            there = [
                at
                for at, subject in enumerate(subjects)
                if at not in had and (not loyally or subject in liked)
            ]
            if there:
                had += drawn.choices(there, [popular[at] for at in there])
        found.append(had)
    return found


def written(
    folder: Path, design: Design, n_users: int = 400, n_items: int = 240, seed: int = 1
) -> tuple[Path, Path]:
    """`ratings.csv` and `movies.csv`, as MovieLens' are."""
    drawn = random.Random(f"{seed} rows")
    subjects, told = films(design, n_items, seed)
    rows = ["userId,movieId,rating,timestamp"]
    for user, items in enumerate(histories(subjects, n_users, seed), start=1):
        time = drawn.randrange(850_000_000, 1_000_000_000)
        for item in items:
            time += drawn.randrange(10, 50_000)
            rows.append(f"{user},{item + 1},{drawn.randrange(2, 11) / 2},{time}")
    ratings, movies = folder / "ratings.csv", folder / "movies.csv"
    ratings.write_text("\n".join(rows) + "\n")
    lines = [f"{at},{title},{genres}" for at, (title, genres) in enumerate(told, start=1)]
    movies.write_text("movieId,title,genres\n" + "\n".join(lines) + "\n")
    return ratings, movies


def read(
    folder: Path, design: Design, n_users: int = 400, n_items: int = 240, seed: int = 1
) -> Interactions:
    return read_interactions(*written(folder, design, n_users, n_items, seed))

"""Writes the invented shop: items.csv and interactions.csv, the same bytes every time.

Twelve themes of 25 products that we named ourselves. Customers have two or three themes each,
some of them stronger, buy what is popular rather than what is not, stay in a theme for a while,
and now and then buy anything at all. A tenth of the products come in during the last weeks, so
that some are bought for the first time when all else has been seen.

    python examples/shop/make_shop.py [FOLDER]
"""

from __future__ import annotations

import csv
import random
import sys
from datetime import date, timedelta
from pathlib import Path

THEMES = {
    "camping": (
        "two-person tent; down sleeping bag; inflatable mattress; gas stove; head torch; "
        "folding chair; titanium mug; water filter; dry sack; trekking poles; guy ropes; "
        "hammock; mosquito net; enamel plates; fire starter; rucksack of 40 litres; bivouac "
        "cover; cool box; awning; ground sheet; lantern; pocket knife; camp shower; billycan; "
        "picnic blanket"
    ),
    "baking": (
        "whisk; rolling pin; loaf tin; stand mixer; icing nozzles; muffin tray; sourdough "
        "starter; proving basket; dough scraper; vanilla pods; cake stand; flour sieve; "
        "cookie cutters; pastry brush; bundt mould; rye flour; dried yeast; marzipan; kitchen "
        "scales; cooling rack; baker's couche; chocolate couverture; pie weights; silicone "
        "spatula; bread knife"
    ),
    "cycling": (
        "inner tube; bottle cage; chain lube; disc brake pads; handlebar tape; saddle; track "
        "pump; helmet; padded shorts; derailleur; tyre levers; mudguards; pannier; rear "
        "light; clipless pedals; cassette; spoke key; gravel tyre; bike lock; windproof "
        "gilet; cycle computer; child seat; repair stand; wheelset; balance bike"
    ),
    "gardening": (
        "secateurs; watering can; tomato seeds; potting compost; hedge shears; wheelbarrow; "
        "tulip bulbs; garden hose; spade; propagator; slug barrier; trellis; lawn rake; rose "
        "fertiliser; terracotta pot; cold frame; weeding fork; rain butt; plant labels; bird-"
        "proof netting; pruning saw; kneeling pad; lavender plug plants; leaf blower; herb "
        "planter"
    ),
    "coffee": (
        "espresso machine; burr grinder; moka pot; milk jug; paper filters; tamper; pour-over "
        "dripper; arabica beans; cold brew jar; knock box; demitasse cups; gooseneck kettle; "
        "descaler; portafilter basket; latte glass; cezve; decaf roast; vacuum canister; "
        "siphon brewer; barista towel; cappuccino bowl; french press; bean roaster; flow "
        "scale; frothing wand"
    ),
    "astronomy": (
        "refractor telescope; star chart; eyepiece; equatorial mount; moon filter; "
        "planisphere; red flashlight; solar film; finder scope; barlow lens; meteorite slice; "
        "dew heater; collimation laser; dobsonian reflector; nebula poster; tripod extension; "
        "ccd camera; comet atlas; sky tracker; observing log; galaxy jigsaw; orrery; focuser "
        "motor; light pollution filter; giant binoculars"
    ),
    "knitting": (
        "merino yarn; circular needles; stitch markers; crochet hook; mohair skein; row "
        "counter; sock blockers; cable needle; cardigan pattern; darning egg; wool winder; "
        "tapestry bobbins; alpaca ball; pompom maker; swift; lace shawl chart; jumper "
        "buttons; fingering weight hank; project bag; cotton thread; felting kit; beanie "
        "pattern; interchangeable tips; spindle; blocking mats"
    ),
    "fishing": (
        "fly rod; spinning reel; braided line; landing net; lure box; waders; bite alarm; "
        "carp boilies; float set; treble hooks; pike spoon; bait bucket; rod pod; swivel "
        "clips; dry flies; unhooking mat; maggots; leader wire; fillet knife; tackle bag; sea "
        "sinker; ice auger; trout spinner; fish finder; keepnet"
    ),
    "dogs": (
        "chew bone; harness; retractable leash; puppy pads; squeaky ball; kennel; grooming "
        "glove; flea collar; salmon kibble; whistle; treat pouch; orthopaedic basket; muzzle; "
        "bark deterrent; dental sticks; poop bags; agility tunnel; car crate; paw balm; tug "
        "rope; slow feeder; clicker; rain coat for spaniels; name tag; undercoat brush"
    ),
    "aquarium": (
        "canister filter; neon tetra food; air pump; java moss; substrate; heater of 100 "
        "watts; water test strips; algae scraper; bubble stone; coral frag; glass tank; "
        "protein skimmer; shrimp pellets; driftwood; nitrate remover; led hood; snail trap; "
        "breeding box; gravel vacuum; co2 diffuser; backdrop film; dechlorinator; betta leaf; "
        "wave maker; reef salt"
    ),
    "painting": (
        "acrylic set; sable brushes; easel; stretched canvas; watercolour pad; palette knife; "
        "gesso; oil pastels; linseed medium; fan brush; charcoal sticks; varnish; gouache "
        "tubes; sketchbook; masking fluid; turpentine; pigment powder; mahl stick; colour "
        "wheel; calligraphy ink; portrait manual; washi paper; airbrush; fixative spray; "
        "kneaded eraser"
    ),
    "home office": (
        "standing desk; monitor arm; ergonomic keyboard; webcam; paper shredder; desk lamp; "
        "docking station; filing cabinet; label printer; whiteboard; wrist rest; noise-"
        "cancelling headset; vertical mouse; cable tray; footrest; document scanner; swivel "
        "stool; stapler; surge protector; toner cartridge; laptop riser; fountain pen; wall "
        "planner; conference speaker; blue light glasses"
    ),
}
# The same words for all themes, so that what two texts share says nothing of what they are.
FORMS = (
    "{name}, {finish}. {praise}",
    "{name} in {finish}. {praise}",
    "{praise} {name}, {finish}.",
    "New: {name} ({finish}). {praise}",
)
FINISHES = ("green", "black", "natural", "grey", "blue", "red", "large", "small", "twin pack")
PRAISE = (
    "Loved by our customers.",
    "Made to last.",
    "A present that is always right.",
    "Best value this season.",
    "For beginners and experts.",
    "Two years of warranty.",
    "Sent within a day.",
    "As recommended by friends.",
)
CUSTOMERS = 800
BEGIN, DAYS = date(2025, 7, 1), 365
LATE = 35  # days before the end in which the last products come in
SEED = 20260701


def items(random_: random.Random) -> list[dict[str, str]]:
    """The products in an order that says nothing of their themes."""
    named = [(theme, name.strip()) for theme, names in THEMES.items() for name in names.split(";")]
    random_.shuffle(named)
    found = []
    for at, (theme, name) in enumerate(named):
        text = random_.choice(FORMS).format(
            name=name, finish=random_.choice(FINISHES), praise=random_.choice(PRAISE)
        )
        text = text[0].upper() + text[1:]
        found.append({"item": f"i{at:03}", "description": text, "theme": theme})
    return found


def interactions(shop: list[dict[str, str]], random_: random.Random) -> list[tuple[str, str, str]]:
    """(customer, product, day), in the order of time."""
    popular = [random_.paretovariate(1.2) for _ in shop]
    comes_in = [0 if random_.random() < 0.9 else DAYS - random_.randrange(1, LATE) for _ in shop]
    themes = list(THEMES)
    rows = []
    for number in range(CUSTOMERS):
        liked = random_.sample(themes, random_.choice((1, 2, 2, 3)))
        strength = {theme: random_.expovariate(1) + 0.3 for theme in liked}
        n = random_.randrange(6, 17)
        days = sorted(random_.randrange(DAYS) for _ in range(n))
        bought: set[int] = set()
        theme = random_.choice(liked)
        for day in days:
            if random_.random() < 0.4:
                theme = random_.choices(liked, [strength[t] for t in liked])[0]
            at_random = random_.random() < 0.12
            there = [
                at
                for at, item in enumerate(shop)
                if at not in bought
                and comes_in[at] <= day
                and (at_random or item["theme"] == theme)
            ]
            if not there:
                continue
            # What has just come in is in the window.
            weights = [min(popular[at], 8) * (3 if comes_in[at] else 1) for at in there]
            chosen = random_.choices(there, weights)[0]
            bought.add(chosen)
            rows.append((day, f"u{number:03}", shop[chosen]["item"]))
    rows.sort(key=lambda row: row[0])  # stable: of one day, in the order of customers
    return [(user, item, (BEGIN + timedelta(days=day)).isoformat()) for day, user, item in rows]


def main(folder: Path) -> None:
    random_ = random.Random(SEED)  # noqa: S311 -- draws a shop, guards no secret
    shop = items(random_)
    sold = interactions(shop, random_)
    with (folder / "items.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("item", "description"))
        writer.writerows((one["item"], one["description"]) for one in shop)
    with (folder / "interactions.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("user", "item", "timestamp"))
        writer.writerows(sold)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)

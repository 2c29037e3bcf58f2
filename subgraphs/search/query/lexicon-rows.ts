// Tested in ../search.int.test.ts: the lexicon needs an index in a database.

/**
 * Names that people use, and those of the catalogue: the words on the left match everything that contains one
 * of the texts on the right. A text of several words matches them as a phrase. Umlauts are written as such;
 * `ae`, `oe`, `ue` match too.
 */
export const LEXICON_ROWS: readonly (readonly [said: string, meant: string])[] = [
  // Kinds of socks
  [
    'stocking, knee, knie, knee high, knee highs, knee length, kniehoch, kniestrumpf, kniestrümpfe, kniesocken, long',
    'over-the-calf, knee, compression',
  ],
  ['otc, over calf', 'over-the-calf'],
  ['trainer, sneaker, low cut, quarter, sneakersocken, knöchel, knöchelsocken, knöchelhoch', 'ankle'],
  ['noshow, no show, invisible, footie, liner, loafer, hidden, füßling, unsichtbar, füsslinge', 'no-show'],
  ['wadenhoch', 'mid-calf'],
  ['formal, business, office, suit, smart, wedding, anzug, büro, hochzeit, elegant, festlich', 'dress'],
  ['jogging, jogger, runner, run, marathon, trail, trail running, lauf, laufen, läufer', 'running'],
  [
    'bike, bicycle, biking, cyclist, cycle, road bike, mountain bike, fahrrad, rad, radfahren, radsport, rennrad',
    'cycling',
  ],
  [
    'trekking, trek, walking, hike, hiker, boot, outdoor, mountain, wander, wandern, berg, trekking',
    'hiking',
  ],
  [
    'flight, travel, support, compressive, nurse, nursing, medical, reise, flug, stütz, kompression, kompressions',
    'compression',
  ],
  ['sleep, sleeping, night, nighttime, bedtime, bett, schlaf, schlafen, nacht', 'bed'],
  [
    'house, indoor, slippers, hut, hütten, hüttenschuh, hüttenschuhe, haus, hausschuh, hausschuhe, pantoffel',
    'slipper',
  ],
  [
    'child, children, childrens, kid, boy, girl, toddler, baby, junior, kinder, kind, mädchen, jungen, junge',
    'kids',
  ],
  [
    'sporty, athletic, gym, fitness, workout, training, sportlich, sports, tennis, football, fußball',
    'sport',
  ],
  [
    'warm, winter, cosy, cozy, thermal, fluffy, fuzzy, kuschelig, kuschel, flauschig, wärmend',
    'bed, slipper, lambswool, alpaca, cashmere, boiled wool',
  ],
  ['alltag, casual, daily, täglich', 'everyday'],
  // Yarns
  ['wool, woolen, woollen, woolly, wolle, woll, schurwolle', 'merino, lambswool, wool'],
  ['merinowolle, merinowoll', 'merino'],
  ['lamb, lambs wool, lammwolle', 'lambswool'],
  ['baumwolle, baumwoll', 'cotton'],
  ['biobaumwolle, bio', 'organic cotton'],
  ['leinen, flax', 'linen'],
  ['seide, seiden, silken', 'silk'],
  ['kaschmir, kashmir, cashmere wool', 'cashmere'],
  ['alpaka, alpacca', 'alpaca'],
  ['bambus, viscose, viskose, rayon', 'bamboo'],
  ['lyocell', 'tencel'],
  ['nylon, polyamid', 'nylon, polyamide'],
  ['synthetic, synthetik, kunstfaser', 'nylon, polyamide, microfibre, coolmax'],
  ['eco, sustainable, ecological, nachhaltig, öko', 'organic cotton, recycled'],
  ['vegan, plant based', 'cotton, bamboo, linen, tencel, polyamide, microfibre, coolmax'],
  ['recycelt, recycle', 'recycled'],
  ['mikrofaser, microfiber', 'microfibre'],
  ['gekocht, walkwolle', 'boiled wool'],
  // Sizes
  ['small, klein', 'S'],
  ['medium, mittel', 'M'],
  ['large', 'L'],
  ['onesize, einheitsgröße', 'one size'],
  // Patterns
  ['diamond, rhombus, raute, rautenmuster, rauten', 'argyle'],
  ['stripe, stripey, stripy, gestreift, streifen, ringel', 'striped'],
  ['polka dot, polka dots, poka dot, spotted, spotty, spot, polka, gepunktet, punkt, punkte, dot', 'dotted'],
  ['zigzag, zig zag, zickzack', 'chevron'],
  ['checked, check, checkered, chequered, plaid, picnic, kariert, karo', 'gingham'],
  ['rib, gerippt, rippen, rippstrick', 'ribbed'],
  ['cable knit, cables, zopf, zopfmuster', 'cable'],
  ['dogtooth, hound tooth, hounds tooth, hahnentritt, pepita', 'houndstooth'],
  ["bird eye, birds eye, bird's eye, pindot", 'birdseye'],
  ['colorblock, color block, colour block, colourblock, blockfarben', 'colour-block'],
  ['solid, unpatterned, patternless, einfarbig, uni, schlicht, plain colour', 'plain'],
  ['snowflake, flake, schneeflocke, schnee', 'snowfall'],
  ['trellis, grid, gitter', 'lattice'],
  ['wavy, welle, wellen, wellenmuster', 'wave'],
  ['speckle, fleck, flecked, mottled, meliert, gesprenkelt', 'speckled'],
  ['fischgrät, fischgrat, fischgrätmuster, fish bone', 'herringbone'],
  // Colours
  ['blue, blau', 'ink, sky, navy, blue'],
  ['navy, dark blue, navy blue, dunkelblau, marine', 'ink, navy'],
  ['light blue, pale blue, hellblau, himmelblau', 'sky'],
  ['green, grün', 'moss, forest, green'],
  ['dark green, dunkelgrün', 'forest'],
  ['red, rot', 'berry, rust, coral, red'],
  ['orange', 'rust, coral, orange'],
  ['brown, braun', 'rust, oat, brown'],
  ['beige, cream, ivory, sand, creme', 'oat, beige'],
  ['grey, gray, grau, anthracite, anthrazit, dark grey', 'charcoal, grey'],
  ['black, schwarz', 'charcoal, black'],
  ['yellow, gelb, senf, senfgelb', 'mustard, yellow'],
  ['purple, violet, lila, violett, pflaume', 'plum, purple'],
  ['pink, rosa, rose', 'coral, berry, pink'],
  ['burgundy, maroon, wine, bordeaux, weinrot', 'berry'],
  ['white, weiß', 'snow, white'],
  ['moos', 'moss'],
  ['rost, rostrot', 'rust'],
  ['wald', 'forest'],
  ['beere', 'berry'],
  ['koralle', 'coral'],
]

/** Words that apply to everything in the shop. They are ignored next to other words. */
export const WORDS_FOR_ALL =
  'sock, socks, socke, socken, strumpf, strümpfe, strumpfwaren, söckchen, hosiery, pair, pairs, paar'

/** Words that say nothing about a product. They are ignored next to other words. */
export const FILLERS =
  'best, good, nice, great, buy, please, gift, gifts, geschenk, unisex, adult, men, man, mens, men’s, women, woman, womens, women’s, ladies, ' +
  'herren, damen, männer, frauen, der, die, das, den, dem, des, für, und, mit, aus, ein, eine, einen, von, im, zum, zur, auf, some, any, ' +
  'comfortable, comfy, soft, quality, premium, high quality, bequem, style, design, pattern, patterned, muster, gemustert, farbe, colored, coloured, made, knit, knitted, strick, gestrickt, ' +
  'cheap, affordable, inexpensive, discount, discounted, sale, deal, bargain, price, low price, luxury, günstig, billig, preiswert, angebot, preis, ' +
  'size, sizes, eu, year, years, yrs, gr, größe, größen, jahre'

/** Endings that form a compound of a kind of socks and socks: `Wandersocken`, `bedsocks`. */
export const ENDINGS = [
  'socken',
  'socke',
  'socks',
  'sock',
  'stockings',
  'strumpfe',
  'struempfe',
  'strumpf',
  'sockchen',
]

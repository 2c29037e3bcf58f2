import type { Facts } from './catalogue-facts.ts'

export type Kind =
  | 'exact'
  | 'synonym'
  | 'plural'
  | 'two attributes'
  | 'typing error'
  | 'German'
  | 'exclusion'
  | 'split or joined'
  | 'size'
  | 'price'

/** A query and the products that are relevant to it, given by their attributes and not by their texts. */
export type JudgedQuery = {
  readonly kind: Kind
  readonly query: string
  readonly means: (product: Facts) => boolean
}

type Means = JudgedQuery['means']

const type =
  (...codes: string[]): Means =>
  (product) =>
    codes.includes(product.type)
const pattern =
  (...names: string[]): Means =>
  (product) =>
    names.includes(product.pattern)
const yarn =
  (part: RegExp): Means =>
  (product) =>
    part.test(product.material)
const colour =
  (...names: string[]): Means =>
  (product) =>
    product.colours.some((name) => names.includes(name))
const named =
  (name: string): Means =>
  (product) =>
    product.name === name
const size =
  (...names: string[]): Means =>
  (product) =>
    product.sizes.some((name) => names.includes(name))
const upTo =
  (minor: number): Means =>
  (product) =>
    product.fromUsd <= minor
const both =
  (...all: Means[]): Means =>
  (product) =>
    all.every((one) => one(product))
const not =
  (one: Means): Means =>
  (product) =>
    !one(product)

const WOOL = /wool|merino/

const of = (kind: Kind, rows: Readonly<Record<string, Means>>): JudgedQuery[] =>
  Object.entries(rows).map(([query, means]) => ({ kind, query, means }))

export const JUDGED_QUERIES: readonly JudgedQuery[] = [
  ...of('exact', {
    'crew socks': type('CRW'),
    hiking: type('HIK'),
    'compression socks': type('CMP'),
    'no-show': type('NSH'),
    'over-the-calf socks': type('OTC'),
    argyle: pattern('Argyle'),
    herringbone: pattern('Herringbone'),
    'colour-block': pattern('Colour-Block'),
    alpaca: yarn(/alpaca/),
    'merino wool': yarn(/merino/),
    bamboo: yarn(/bamboo/),
    'organic cotton': yarn(/organic cotton/),
    harbour: named('Harbour'),
    mustard: colour('Mustard'),
    plum: colour('Plum'),
  }),
  ...of('synonym', {
    stockings: type('OTC', 'CMP'),
    'knee high socks': type('OTC', 'CMP'),
    'trainer socks': type('ANK'),
    'invisible socks': type('NSH'),
    'business socks': type('MDC', 'OTC'),
    'trekking socks': type('HIK'),
    'jogging socks': type('RUN'),
    'bicycle socks': type('CYC'),
    'flight socks': type('CMP'),
    'sleeping socks': type('BED'),
    'house socks': type('SLP'),
    "children's socks": type('KID'),
    'polka dot socks': pattern('Dotted'),
    'zigzag socks': pattern('Chevron'),
    'diamond pattern': pattern('Argyle'),
    'green socks': colour('Moss', 'Forest'),
    'navy socks': colour('Ink'),
    'grey socks': colour('Charcoal'),
    'white socks': colour('Snow'),
  }),
  ...of('plural', {
    'crew sock': type('CRW'),
    stripes: pattern('Striped'),
    cables: pattern('Cable'),
    chevrons: pattern('Chevron'),
    waves: pattern('Wave'),
    slippers: type('SLP'),
    'kid sock': type('KID'),
    dots: pattern('Dotted'),
  }),
  ...of('two attributes', {
    'merino hiking': both(type('HIK'), yarn(/merino/)),
    'striped crew': both(type('CRW'), pattern('Striped')),
    'cotton kids': both(type('KID'), yarn(/cotton/)),
    'cashmere bed socks': both(type('BED'), yarn(/cashmere/)),
    'plum running': both(type('RUN'), colour('Plum')),
    'bamboo ankle socks': both(type('ANK'), yarn(/bamboo/)),
    'silk dress socks': both(type('MDC'), yarn(/silk/)),
    'coral hiking': both(type('HIK'), colour('Coral')),
    'recycled cycling socks': both(type('CYC'), yarn(/recycled/)),
    'wool slippers': both(type('SLP'), yarn(WOOL)),
    'linen ankle': both(type('ANK'), yarn(/linen/)),
    'coolmax running socks': both(type('RUN'), yarn(/coolmax/)),
  }),
  ...of('typing error', {
    hkiing: type('HIK'),
    'compresion socks': type('CMP'),
    'argile socks': pattern('Argyle'),
    'herringbon socks': pattern('Herringbone'),
    'merion hiking': both(type('HIK'), yarn(/merino/)),
    'cashmeer bed socks': both(type('BED'), yarn(/cashmere/)),
    'slliper socks': type('SLP'),
    'runing sokcs': type('RUN'),
    'chekcered socks': pattern('Gingham'),
    'houndtooth socks': pattern('Houndstooth'),
    'cyclng socks': type('CYC'),
    'bambo crew': both(type('CRW'), yarn(/bamboo/)),
    wandersoken: type('HIK'),
    stokings: type('OTC', 'CMP'),
    'merino hikign': both(type('HIK'), yarn(/merino/)),
    'strpied crew': both(type('CRW'), pattern('Striped')),
    cahsmere: yarn(/cashmere/),
    kashmere: yarn(/cashmere/),
    herrignbone: pattern('Herringbone'),
    'organc coton': yarn(/organic cotton/),
    'lambswol slippr': both(type('SLP'), yarn(/lambswool/)),
    'kompression soks': type('CMP'),
    'grean socks': colour('Moss', 'Forest'),
    'yelow socks': colour('Mustard'),
    'bussines socks': type('MDC', 'OTC'),
    foxglvoe: named('Foxglove'),
    kniestrmpfe: type('OTC', 'CMP'),
    'gestrefte Socken': pattern('Striped'),
    baumwole: yarn(/cotton/),
  }),
  ...of('German', {
    Wandersocken: type('HIK'),
    Laufsocken: type('RUN'),
    Fahrradsocken: type('CYC'),
    Kniestrümpfe: type('OTC', 'CMP'),
    Kinderstrümpfe: type('KID'),
    Bettsocken: type('BED'),
    Kompressionsstruempfe: type('CMP'),
    'gestreifte Socken': pattern('Striped'),
    'gepunktete Socken': pattern('Dotted'),
    'karierte Strümpfe': pattern('Gingham'),
    Wollsocken: yarn(WOOL),
    'Socken aus Baumwolle': yarn(/cotton/),
    'grüne Socken': colour('Moss', 'Forest'),
    'Kaschmir Bettsocken': both(type('BED'), yarn(/cashmere/)),
    Füßlinge: type('NSH'),
    'wollsocken grün': both(yarn(WOOL), colour('Moss', 'Forest')),
    'blaue Kniestrümpfe': both(type('OTC', 'CMP'), colour('Ink', 'Sky')),
    'braune Wandersocken': both(type('HIK'), colour('Rust', 'Oat')),
    'hellblaue Kindersocken': both(type('KID'), colour('Sky')),
    'Baumwollsocken für Kinder': both(type('KID'), yarn(/cotton/)),
    'Kniestrümpfe aus Merinowolle': both(type('OTC', 'CMP'), yarn(/merino/)),
    'senfgelbe Strümpfe': colour('Mustard'),
    'Socken mit Zopfmuster': pattern('Cable'),
    'Damen Sneakersocken': type('ANK'),
    Hüttenschuhe: type('SLP'),
  }),
  ...of('exclusion', {
    'bed socks -alpaca': both(type('BED'), not(yarn(/alpaca/))),
    'crew -cotton': both(type('CRW'), not(yarn(/cotton/))),
    '"dress socks" -silk': both(type('MDC'), not(yarn(/silk/))),
    'crew without cotton': both(type('CRW'), not(yarn(/cotton/))),
    'Bettsocken ohne Alpaka': both(type('BED'), not(yarn(/alpaca/))),
    'bed socks without any alpaca': both(type('BED'), not(yarn(/alpaca/))),
    'ankle socks without polka dots': both(type('ANK'), not(pattern('Dotted'))),
  }),
  ...of('split or joined', {
    kneesocks: type('OTC', 'CMP'),
    'knee-socks': type('OTC', 'CMP'),
    'knee socks': type('OTC', 'CMP'),
    kneehigh: type('OTC', 'CMP'),
    overthecalf: type('OTC'),
    'over the calf socks': type('OTC'),
    midcalf: type('MDC'),
    bedsocks: type('BED'),
    noshow: type('NSH'),
    colourblock: pattern('Colour-Block'),
    'hounds tooth': pattern('Houndstooth'),
    "bird's eye": pattern('Birdseye'),
    'herring bone': pattern('Herringbone'),
    'snow fall': pattern('Snowfall'),
    polkadot: pattern('Dotted'),
    'salt marsh': named('Saltmarsh'),
    "lamb's wool": yarn(/lambswool/),
    'cool max': yarn(/coolmax/),
    'micro fibre': yarn(/microfibre/),
  }),
  ...of('size', {
    'size 42': size('41–46'),
    'gr. 42': size('41–46'),
    'Größe 38': size('36–40'),
    '42-44': size('41–46'),
    '36–40': size('36–40'),
    'running socks size 42': both(type('RUN'), size('41–46')),
    'Laufsocken Gr. 42': both(type('RUN'), size('41–46')),
    'kids 4-6 years': type('KID'),
    'kids under 5': type('KID'),
    'running socks Größe 41 bis 42': both(type('RUN'), size('41–46')),
    'hiking socks medium': type('HIK'),
    'one size': size('One size'),
    // Hiking socks have no such sizes: the rest of the query still means them.
    'hiking 42': type('HIK'),
  }),
  ...of('price', {
    'cheap ankle socks': type('ANK'),
    'günstige Laufsocken': type('RUN'),
    'luxury cashmere': yarn(/cashmere/),
    'kids socks under $10': both(type('KID'), upTo(1_000)),
    'hiking socks under 20 dollars': both(type('HIK'), upTo(2_000)),
  }),
]

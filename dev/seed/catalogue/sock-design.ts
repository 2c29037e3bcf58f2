// Tested in ../row.test.ts: rows are tested together, since they refer to each other.

/** 72 names of places and plants for socks, so that names × patterns make 1,152 designs. */
export const NAMES = [
  'Fjord',
  'Harbour',
  'Juniper',
  'Saltmarsh',
  'Bramble',
  'Lantern',
  'Quarry',
  'Thistle',
  'Orchard',
  'Pebble',
  'Larch',
  'Tideline',
  'Heather',
  'Chimney',
  'Foxglove',
  'Moorland',
  'Cinder',
  'Willow',
  'Granite',
  'Sorrel',
  'Estuary',
  'Hazel',
  'Drumlin',
  'Clover',
  'Birchwood',
  'Meridian',
  'Rowan',
  'Ferry',
  'Damson',
  'Skerry',
  'Nettle',
  'Copper',
  'Sundial',
  'Bracken',
  'Almanac',
  'Gannet',
  'Barley',
  'Headland',
  'Myrtle',
  'Slate',
  'Windmill',
  'Teasel',
  'Lagoon',
  'Sparrow',
  'Ember',
  'Aspen',
  'Causeway',
  'Yarrow',
  'Dovecote',
  'Cobble',
  'Mistral',
  'Acorn',
  'Tern',
  'Hollow',
  'Saffron',
  'Viaduct',
  'Plover',
  'Cedar',
  'Loom',
  'Northgate',
  'Marigold',
  'Kestrel',
  'Weir',
  'Poplar',
  'Attic',
  'Curlew',
  'Mulberry',
  'Signal',
  'Fern',
  'Isthmus',
  'Wicker',
  'Beacon',
] as const

export const PATTERNS = [
  'Argyle',
  'Striped',
  'Herringbone',
  'Dotted',
  'Chevron',
  'Gingham',
  'Ribbed',
  'Cable',
  'Houndstooth',
  'Birdseye',
  'Colour-Block',
  'Plain',
  'Snowfall',
  'Lattice',
  'Wave',
  'Speckled',
] as const
export type Pattern = (typeof PATTERNS)[number]

/**
 * A prefix of the title from the 1,153rd product of a type on, when all combinations of name and pattern are
 * used.
 */
export const EDITIONS = ['', 'Heritage', 'Studio', 'Weekend'] as const

export type Colour = {
  readonly name: string
  readonly code: string
  readonly base: string
  readonly accent: string
}

export const COLOURS: readonly Colour[] = [
  colour('Moss', 'MOS', '#5d7048', '#c9cf9f'),
  colour('Ink', 'INK', '#26324f', '#8fa5cf'),
  colour('Rust', 'RUS', '#a9502d', '#f0c39b'),
  colour('Oat', 'OAT', '#d9c7a3', '#8a6f48'),
  colour('Charcoal', 'CHA', '#3b3d42', '#b5b9c0'),
  colour('Berry', 'BER', '#7d2648', '#e8a9bd'),
  colour('Mustard', 'MUS', '#c8962a', '#5a4314'),
  colour('Sky', 'SKY', '#8db8d6', '#2d5673'),
  colour('Forest', 'FOR', '#22483a', '#9cc4a8'),
  colour('Coral', 'COR', '#e0735c', '#fbe0d2'),
  colour('Plum', 'PLU', '#54315f', '#c9a5d3'),
  colour('Snow', 'SNO', '#eef0f2', '#7b8794'),
]

function colour(name: string, code: string, base: string, accent: string): Colour {
  return { name, code, base, accent }
}

import type { Pattern } from './sock-design.ts'

type Tile = { readonly width: number; readonly height: number; readonly shapes: (accent: string) => string }

const line =
  (path: string, width: number, opacity = 1) =>
  (accent: string) =>
    `<path d="${path}" fill="none" stroke="${accent}" stroke-width="${width}" stroke-opacity="${opacity}"/>`
const shape =
  (path: string, opacity = 1) =>
  (accent: string) =>
    `<path d="${path}" fill="${accent}" fill-opacity="${opacity}"/>`
const dots =
  (...places: readonly (readonly [x: number, y: number, radius: number])[]) =>
  (accent: string) =>
    places.map(([x, y, radius]) => `<circle cx="${x}" cy="${y}" r="${radius}" fill="${accent}"/>`).join('')
const both =
  (...parts: readonly Tile['shapes'][]) =>
  (accent: string) =>
    parts.map((part) => part(accent)).join('')

/** One tile of each pattern; the tiles meet without a seam. */
const TILES: Record<Pattern, Tile> = {
  Argyle: tile(48, 72, both(shape('M24 4L44 36L24 68L4 36Z', 0.85), line('M0 0L48 72M48 0L0 72', 1.5, 0.6))),
  Striped: tile(24, 24, shape('M0 0H24V10H0Z')),
  Herringbone: tile(24, 16, line('M0 16L12 4L24 16M0 8L12 -4L24 8M0 24L12 12L24 24', 2.5, 0.7)),
  Dotted: tile(28, 28, dots([7, 7, 4], [21, 21, 4])),
  Chevron: tile(32, 28, line('M0 24L16 8L32 24', 7)),
  Gingham: tile(28, 28, both(shape('M0 0H14V28H0Z', 0.4), shape('M0 0H28V14H0Z', 0.4))),
  Ribbed: tile(12, 12, line('M6 0V12', 3, 0.55)),
  Cable: tile(
    36,
    40,
    line('M10 0C10 14 26 14 26 20S10 26 10 40M26 0C26 14 10 14 10 20S26 26 26 40', 4, 0.75),
  ),
  Houndstooth: tile(28, 28, shape('M0 0H14V7L21 0H28V0L14 14V28H7L14 21V14H0V7L7 0Z', 0.8)),
  Birdseye: tile(10, 10, dots([2.5, 2.5, 1.6], [7.5, 7.5, 1.6])),
  'Colour-Block': tile(320, 400, shape('M0 0H320V236H0Z', 0.65)),
  Plain: tile(8, 8, line('M0 4L4 6L8 4', 1, 0.25)),
  Snowfall: tile(44, 60, dots([8, 10, 2], [30, 22, 2.6], [16, 38, 3.2], [38, 50, 3.8], [4, 54, 2.2])),
  Lattice: tile(30, 30, line('M0 0L30 30M30 0L0 30', 2, 0.8)),
  Wave: tile(40, 22, line('M0 11C10 0 10 0 20 11S30 22 40 11', 4, 0.85)),
  Speckled: tile(
    36,
    36,
    dots([4, 6, 1.2], [14, 20, 1], [25, 9, 1.4], [31, 27, 1], [9, 31, 1.3], [20, 33, 0.9]),
  ),
}

function tile(width: number, height: number, shapes: Tile['shapes']): Tile {
  return { width, height, shapes }
}

/** The `<pattern id="knit">` of a sock, drawn in the accent colour on nothing. */
export function patternTile(pattern: Pattern, accent: string): string {
  const { width, height, shapes } = TILES[pattern]
  return `<pattern id="knit" width="${width}" height="${height}" patternUnits="userSpaceOnUse">${shapes(accent)}</pattern>`
}

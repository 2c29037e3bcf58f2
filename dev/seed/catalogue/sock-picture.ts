import { patternTile } from './pattern-tile.ts'
import type { Colour, Pattern } from './sock-design.ts'

export const PICTURE = { width: 320, height: 400 }

/** The look of a sock: `legHeight` is the height of its leg as a share of the knee's height, 0 to 1. */
export type Look = { readonly pattern: Pattern; readonly colour: Colour; readonly legHeight: number }

const ANKLE = 268
const KNEE = 28

/**
 * Draws one sock as an SVG document: leg, heel, toe, cuff and the knitted pattern. About 2 KB, without
 * external references.
 */
export function sockPicture({ pattern, colour, legHeight }: Look): string {
  const top = Math.round(ANKLE - 18 - legHeight * (ANKLE - 18 - KNEE))
  const cuff = Math.min(26, Math.max(10, Math.round((ANKLE - top) * 0.2)))
  const outline = `M108 ${top}H204V250C204 274 216 284 238 288L270 294C304 301 306 350 268 352H164C126 352 108 334 108 302Z`
  const { base, accent } = colour
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${PICTURE.width}" height="${PICTURE.height}" viewBox="0 0 320 400" role="img">`,
    '<defs>',
    `<clipPath id="sock"><path d="${outline}"/></clipPath>`,
    patternTile(pattern, accent),
    `<pattern id="rib" width="6" height="6" patternUnits="userSpaceOnUse"><path d="M3 0V6" stroke="${base}" stroke-opacity=".45" stroke-width="2"/></pattern>`,
    '<linearGradient id="shade"><stop offset="0" stop-color="#000" stop-opacity=".16"/><stop offset=".4" stop-opacity="0"/><stop offset="1" stop-color="#fff" stop-opacity=".1"/></linearGradient>',
    '</defs>',
    '<rect width="320" height="400" fill="#f6f3ec"/>',
    '<ellipse cx="204" cy="362" rx="104" ry="10" fill="#000" opacity=".12"/>',
    '<g clip-path="url(#sock)">',
    `<rect width="320" height="400" fill="${base}"/>`,
    '<rect width="320" height="400" fill="url(#knit)"/>',
    `<circle cx="120" cy="340" r="44" fill="${accent}"/>`,
    `<path d="M258 280H320V360H246Q262 322 258 280Z" fill="${accent}"/>`,
    `<rect x="100" y="${top}" width="112" height="${cuff}" fill="${accent}"/>`,
    `<rect x="100" y="${top}" width="112" height="${cuff}" fill="url(#rib)"/>`,
    '<rect x="100" width="210" height="400" fill="url(#shade)"/>',
    '</g>',
    `<path d="${outline}" fill="none" stroke="#2b2b2b" stroke-opacity=".35" stroke-width="2"/>`,
    '</svg>',
  ].join('')
}
